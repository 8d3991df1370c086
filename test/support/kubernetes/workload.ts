import { randomBytes } from 'node:crypto';
import pLimit from 'p-limit';
import type { KubernetesOnLoopback } from './cluster.ts';
import { must } from './http.ts';

/** How many requests are on their way at once; more do not make the API server faster on two cores. */
const AT_ONCE = 32;

/** A new namespace with a name of its own; returns the name. */
export async function createNamespace(kubernetes: KubernetesOnLoopback, prefix: string): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await must(kubernetes, 'POST', '/api/v1/namespaces', { metadata: { name } });
  return name;
}

export interface ServiceAccountLoad {
  readonly namespace: string;
  readonly count: number;
  /** Annotations of the ServiceAccount with this index; none by default. */
  readonly annotations?: (index: number) => Readonly<Record<string, string>>;
}

/** Creates ServiceAccounts `sa-0`, `sa-1`, …; returns their names. */
export async function createServiceAccounts(
  kubernetes: KubernetesOnLoopback,
  load: ServiceAccountLoad,
): Promise<readonly string[]> {
  return inParallel(load.count, async (index) => {
    const name = `sa-${index}`;
    await must(kubernetes, 'POST', `/api/v1/namespaces/${load.namespace}/serviceaccounts`, {
      metadata: { name, annotations: load.annotations?.(index) ?? {} },
    });
    return name;
  });
}

/** Creates nodes that look like EKS's managed ones; returns their names. */
export async function createNodes(
  kubernetes: KubernetesOnLoopback,
  prefix: string,
  count: number,
): Promise<readonly string[]> {
  return inParallel(count, async (index) => {
    const name = `${prefix}-${index}.ec2.internal`;
    await must(kubernetes, 'POST', '/api/v1/nodes', {
      metadata: { name, labels: { 'eks.amazonaws.com/nodegroup': prefix, 'kubernetes.io/os': 'linux' } },
      spec: { providerID: `aws:///${kubernetes.region}a/i-${index.toString(16).padStart(17, '0')}` },
    });
    return name;
  });
}

/** The parts of a pod that a test decides; the rest is one container that runs on a node. */
export interface PodParts {
  readonly serviceAccount: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Environment of its container. */
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly volumes?: readonly unknown[];
  /** Where controllers run they must exist, or the garbage collector takes the pod. */
  readonly ownerReferences?: readonly unknown[];
}

export interface PodLoad {
  readonly namespace: string;
  readonly count: number;
  /** Nodes that exist, taken in turn. */
  readonly nodes: readonly string[];
  /** The pod with this index; see `injected` for what the webhook makes of one. */
  readonly pod: (index: number) => PodParts;
}

/** Creates pods `pod-0`, `pod-1`, … that are Running and Ready, as a kubelet would have them; returns their names. */
export async function createPods(
  kubernetes: KubernetesOnLoopback,
  load: PodLoad,
): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${load.namespace}/pods`;
  return inParallel(load.count, async (index) => {
    const name = `pod-${index}`;
    await must(
      kubernetes,
      'POST',
      path,
      manifest(name, load.pod(index), load.nodes[index % load.nodes.length]),
    );
    await must(kubernetes, 'PATCH', `${path}/${name}/status`, running(index));
    return name;
  });
}

/** What the pod-identity-webhook adds to a pod of a ServiceAccount that names a role. */
export function injected(role: string, region: string): Pick<PodParts, 'env' | 'volumes'> {
  return {
    env: [
      { name: 'AWS_STS_REGIONAL_ENDPOINTS', value: 'regional' },
      { name: 'AWS_DEFAULT_REGION', value: region },
      { name: 'AWS_REGION', value: region },
      { name: 'AWS_ROLE_ARN', value: role },
      {
        name: 'AWS_WEB_IDENTITY_TOKEN_FILE',
        value: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
      },
    ],
    volumes: [
      {
        name: 'aws-iam-token',
        projected: {
          sources: [
            {
              serviceAccountToken: {
                audience: 'sts.amazonaws.com',
                expirationSeconds: 86_400,
                path: 'token',
              },
            },
          ],
        },
      },
    ],
  };
}

function manifest(name: string, parts: PodParts, node: string | undefined): unknown {
  return {
    metadata: {
      name,
      labels: parts.labels ?? {},
      annotations: parts.annotations ?? {},
      ownerReferences: parts.ownerReferences ?? [],
    },
    spec: {
      serviceAccountName: parts.serviceAccount,
      // Bound from the start: there is no scheduler.
      ...(node === undefined ? {} : { nodeName: node }),
      containers: [{ name: 'app', image: 'registry.example/app:1', env: parts.env ?? [] }],
      volumes: parts.volumes ?? [],
    },
  };
}

function running(index: number): unknown {
  const since = new Date().toISOString();
  return {
    status: {
      phase: 'Running',
      startTime: since,
      podIP: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
    },
  };
}

async function inParallel<T>(count: number, make: (index: number) => Promise<T>): Promise<readonly T[]> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(Array.from({ length: count }, (_, index) => limit(make, index)));
}
