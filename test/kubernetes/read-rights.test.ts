import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { kubernetesReader } from '../../shared/kube/reader.ts';
import { clusterToken } from '../../shared/kube/token.ts';
import type { Manifest } from '../../shared/kubernetes/access/manifest.ts';
import { awsAuthRow } from '../../shared/kubernetes/access/read-entry.ts';
import { readManifests } from '../../shared/kubernetes/access/read-manifest.ts';
import { BEYOND_VIEW, READ_GROUP, READ_RIGHTS } from '../../shared/kubernetes/access/read-rights.ts';
import { type FaultProxy, startFaultProxy } from '../support/kubernetes/fault-proxy.ts';
import { must, send } from '../support/kubernetes/http.ts';
import { credentialsOf, removeAwsAuth, writeAwsAuth } from '../support/kubernetes/identities.ts';
import { endpointOf, READER } from '../support/kubernetes/reader.ts';

const kubernetes = inject('kubernetes');
const now = () => new Date();
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const POLL = { timeout: 15_000, interval: 200 };

const pathOf = ({ kind, metadata }: Manifest): string => {
  const { namespace } = metadata as { readonly namespace?: string };
  return `${RBAC}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${kind.toLowerCase()}s`;
};
const nameOf = ({ metadata }: Manifest): string => (metadata as { readonly name: string }).name;

const apply = async (manifests: readonly Manifest[]) => {
  for (const one of manifests) await must(kubernetes, 'POST', pathOf(one), one);
};
const remove = async (manifests: readonly Manifest[]) => {
  for (const one of manifests) await send(kubernetes, 'DELETE', `${pathOf(one)}/${nameOf(one)}`);
};

/** The names of the reads that failed for the mapped role, sorted. */
const failed = async (): Promise<string[]> => {
  const answer = await kubernetesReader({ now })(await endpointOf(kubernetes));
  return (answer?.gaps ?? []).map(({ read }) => read).sort();
};

beforeAll(async () => {
  await writeAwsAuth(kubernetes, { mapRoles: JSON.stringify([awsAuthRow({ principal: READER.role })]) });
  // A webhook in the cluster, so that its Service is looked up; it is called for no namespace.
  await must(kubernetes, 'POST', WEBHOOKS, {
    metadata: { name: 'own-pod-identity-webhook' },
    webhooks: [
      {
        name: 'pod-identity-webhook.example.com',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        namespaceSelector: { matchLabels: { 'example.com/nowhere': 'true' } },
        clientConfig: { service: { namespace: 'kube-system', name: 'pod-identity-webhook' } },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
      },
    ],
  });
});

afterAll(async () => {
  await send(kubernetes, 'DELETE', `${WEBHOOKS}/own-pod-identity-webhook`);
  await removeAwsAuth(kubernetes);
});

describe('a mapped role that is bound to nothing', () => {
  it('may read nothing, and is told so of each read', async () => {
    const all = READ_RIGHTS.map(({ read }) => read).filter((read) => read !== 'kubernetes:endpointslices');
    await expect.poll(failed, POLL).toEqual(all.sort());
  });
});

describe('podtrust-read', () => {
  const manifests = readManifests();
  let proxy: FaultProxy;
  let token: string;

  beforeAll(async () => {
    await apply(manifests);
    proxy = await startFaultProxy(kubernetes);
    token = await clusterToken(
      await credentialsOf(kubernetes, READER.session),
      { id: kubernetes.cluster, region: kubernetes.region, partition: 'aws' },
      now(),
    );
  });
  afterAll(async () => {
    await proxy.close();
    await remove(manifests);
  });

  it('lets every read succeed, and each of its rights is used by one', async () => {
    await expect.poll(failed, POLL).toEqual([]);
    const answer = await kubernetesReader({ now })(await endpointOf(kubernetes, READER.session, proxy));
    expect(answer?.gaps).toEqual([]);
    const asked = new Set(
      proxy.seen
        .filter(({ method }) => method === 'GET')
        .map(({ path }) =>
          path
            .split('/')
            .filter((part) => !/^aws-auth$/.test(part))
            .at(-1),
        ),
    );
    expect([...asked].sort()).toEqual([...READ_RIGHTS.map(({ resource }) => resource), 'version'].sort());
  });

  it.each([
    ['Secrets', 'GET', '/api/v1/secrets'],
    ['Secrets of a namespace', 'GET', '/api/v1/namespaces/kube-system/secrets'],
    ['ConfigMaps', 'GET', '/api/v1/configmaps'],
    ['the ConfigMaps beside aws-auth', 'GET', '/api/v1/namespaces/kube-system/configmaps'],
    ['another ConfigMap', 'GET', '/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt'],
    ['aws-auth of another namespace', 'GET', '/api/v1/namespaces/default/configmaps/aws-auth'],
    ['logs of pods', 'GET', '/api/v1/namespaces/default/pods/any/log'],
    ['one node', 'GET', '/api/v1/nodes/any'],
    ['a change of aws-auth', 'PATCH', '/api/v1/namespaces/kube-system/configmaps/aws-auth'],
    ['a change of a ServiceAccount', 'PATCH', '/api/v1/namespaces/default/serviceaccounts/default'],
    ['a token', 'POST', '/api/v1/namespaces/default/serviceaccounts/default/token'],
    ['a pod', 'POST', '/api/v1/namespaces/default/pods'],
    ['a binding', 'POST', `${RBAC}/clusterrolebindings`],
    ['the deletion of a pod', 'DELETE', '/api/v1/namespaces/default/pods/any'],
  ])('refuses %s', async (_what, method, path) => {
    const answer = await send({ ...kubernetes, token }, method, path, method === 'GET' ? undefined : {});
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('podtrust:podtrust') });
  });

  it.each(READ_RIGHTS.map((right) => [right.read, right] as const))(
    'without the right for %s, that read alone fails',
    async (read, { resource, apiGroup }) => {
      const less = manifests.map((one) => {
        const rules = (one['rules'] ?? []) as readonly {
          apiGroups: readonly string[];
          resources: readonly string[];
        }[];
        return {
          ...one,
          rules: rules
            .map((rule) =>
              rule.apiGroups.includes(apiGroup)
                ? { ...rule, resources: rule.resources.filter((name) => name !== resource) }
                : rule,
            )
            .filter(({ resources }) => resources.length > 0),
        };
      });
      for (const one of less.filter(({ kind }) => /Role$/.test(kind)))
        await must(kubernetes, 'PUT', `${pathOf(one)}/${nameOf(one)}`, one);
      await expect.poll(failed, POLL).toEqual([read]);
      for (const one of manifests.filter(({ kind }) => /Role$/.test(kind)))
        await must(kubernetes, 'PUT', `${pathOf(one)}/${nameOf(one)}`, one);
      await expect.poll(failed, POLL).toEqual([]);
    },
  );
});

describe('the built-in ClusterRole view', () => {
  const binding: Manifest = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'podtrust-view' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: READ_GROUP }],
  };
  beforeAll(async () => apply([binding]));
  afterAll(async () => remove([binding]));

  it('leaves unread exactly what is foretold', async () => {
    await expect.poll(failed, POLL).toEqual(BEYOND_VIEW.map(({ read }) => read).sort());
  });
});
