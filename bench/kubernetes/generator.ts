import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { certificateAuthority, issue } from '../../test/support/kubernetes/certificates.ts';
import { listenOnLoopback } from '../../test/support/kubernetes/loopback.ts';
import { managedFields, nodeOf, podOf, serviceAccountOf } from './objects.ts';

/** How much a cluster has. */
export interface Load {
  readonly serviceAccounts: number;
  readonly pods: number;
  readonly nodes: number;
  readonly namespaces: number;
}

interface Generator {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly token: string;
  /** Bytes of JSON that it has sent. */
  readonly sent: () => number;
  readonly close: () => Promise<void>;
}

/**
 * A server that speaks the list format of Kubernetes' API and makes up the objects as it goes: pages of at most `limit`
 * objects, written one by one, with a token that goes on. It holds nothing, so that the reader's memory is what is seen.
 */
export async function startGenerator(load: Load): Promise<Generator> {
  const authority = await certificateAuthority('podtrust-bench');
  const { certificate, key } = await issue(authority, { name: 'CN=generator', hosts: ['127.0.0.1'] });
  let bytes = 0;
  const lists = listsOf(load);
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://127.0.0.1');
    const list = lists[url.pathname];
    response.setHeader('content-type', 'application/json');
    if (url.pathname.endsWith('/configmaps/aws-auth')) {
      response.statusCode = 404;
      response.end('{"kind":"Status","status":"Failure","code":404,"message":"not found"}');
    } else if (list === undefined) response.end('{"gitVersion":"v1.36.3"}');
    else
      void page(response, list, {
        from: Number(url.searchParams.get('continue') ?? 0),
        limit: Number(url.searchParams.get('limit') ?? 500),
      }).then((written) => {
        bytes += written;
      });
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    server: `https://127.0.0.1:${port}`,
    certificateAuthority: authority.certificate,
    token: randomUUID(),
    sent: () => bytes,
    close,
  };
}

interface List {
  readonly kind: string;
  readonly count: number;
  readonly item: (index: number) => object;
}

const empty = (kind: string): List => ({ kind, count: 0, item: () => ({}) });

function listsOf({ serviceAccounts, pods, nodes, namespaces }: Load): Record<string, List> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const place = { namespaces, serviceAccounts, nodes };
  return {
    '/api/v1/pods': { kind: 'Pod', count: pods, item: (index) => podOf(index, place) },
    '/api/v1/nodes': { kind: 'Node', count: nodes, item: nodeOf },
    '/api/v1/serviceaccounts': {
      kind: 'ServiceAccount',
      count: serviceAccounts,
      item: (index) => serviceAccountOf(index, place),
    },
    '/api/v1/namespaces': {
      kind: 'Namespace',
      count: namespaces,
      item: (index) => ({ metadata: { name: `team-${index}`, managedFields: managedFields('kubectl') } }),
    },
    '/apis/apps/v1/daemonsets': empty('DaemonSet'),
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': empty(
      'MutatingWebhookConfiguration',
    ),
    [`${rbac}/roles`]: empty('Role'),
    [`${rbac}/clusterroles`]: empty('ClusterRole'),
    [`${rbac}/rolebindings`]: empty('RoleBinding'),
    [`${rbac}/clusterrolebindings`]: empty('ClusterRoleBinding'),
  };
}

async function page(
  response: ServerResponse,
  { kind, count, item }: List,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<number> {
  const to = Math.min(count, from + limit);
  const left = count - to;
  const metadata = {
    resourceVersion: '1',
    ...(left > 0 ? { continue: `${to}`, remainingItemCount: left } : {}),
  };
  let written = 0;
  const write = async (text: string): Promise<void> => {
    written += text.length;
    if (!response.write(text)) await once(response, 'drain');
  };
  await write(`{"kind":"${kind}List","apiVersion":"v1","metadata":${JSON.stringify(metadata)},"items":[`);
  for (let index = from; index < to; index++)
    await write(`${index === from ? '' : ','}${JSON.stringify(item(index))}`);
  response.end(']}');
  return written + 2;
}
