import type { CoverageIndex, CoverageScope } from './coverage-index.ts';
import type { Missing } from './estate.ts';
import type { Kubernetes, NodeGroup, PodGroup, ServiceAccount } from './kubernetes-schema.ts';
import type { Cluster } from './snapshot.ts';

/** A list that the Kubernetes API answers. */
export type KubernetesList = Exclude<keyof Kubernetes, 'readAt' | 'version'>;

/** Kubernetes of one cluster: indexes, built when first asked for, and what of it was not read. */
export interface KubernetesView {
  /** True when anything at all was read. */
  readonly read: boolean;
  readonly data: Kubernetes;
  /** The read that is missing for a list, or null when the list is complete. */
  readonly missing: (list: KubernetesList) => Missing | null;
  /** A ServiceAccount, or undefined when the list that was read does not have it. */
  readonly serviceAccount: (namespace: string, name: string) => ServiceAccount | undefined;
  /** The groups of pods that run as a ServiceAccount. */
  readonly podsOf: (namespace: string, serviceAccount: string) => readonly PodGroup[];
  readonly node: (id: string) => NodeGroup | undefined;
}

/** Calls that fill each list; the first is the one that a message names. `kubernetes:connect` stands for all of them. */
export const KUBERNETES_READS: Readonly<Record<KubernetesList, readonly [string, ...string[]]>> = {
  namespaces: ['kubernetes:namespaces'],
  serviceAccounts: ['kubernetes:serviceaccounts'],
  pods: ['kubernetes:pods'],
  nodes: ['kubernetes:nodes'],
  awsAuth: ['kubernetes:configmaps/aws-auth'],
  webhooks: ['kubernetes:mutatingwebhookconfigurations', 'kubernetes:endpointslices'],
  agents: ['kubernetes:daemonsets'],
  roles: ['kubernetes:clusterroles', 'kubernetes:roles'],
  bindings: ['kubernetes:clusterrolebindings', 'kubernetes:rolebindings'],
};

/** The read that stands for the connection to a cluster's Kubernetes API as a whole. */
export const KUBERNETES_CONNECT = 'kubernetes:connect';

export function buildKubernetes(
  { kubernetes }: Cluster,
  scope: CoverageScope,
  coverage: CoverageIndex,
): KubernetesView {
  const data: Kubernetes = kubernetes ?? {};
  const accounts = lazily(() =>
    byKey(data.serviceAccounts ?? [], ({ namespace, name }) => [namespace, name]),
  );
  const pods = lazily(() => byKey(data.pods ?? [], (pod) => [pod.namespace, pod.serviceAccount]));
  const nodes = lazily(() => new Map((data.nodes ?? []).map((node) => [node.id, node])));
  return {
    read: kubernetes !== undefined,
    data,
    missing: (list) => {
      const reads = KUBERNETES_READS[list];
      const failed = coverage.failed([...reads, KUBERNETES_CONNECT], scope);
      if (failed !== null || data[list] !== undefined) return failed;
      return {
        read: kubernetes === undefined ? KUBERNETES_CONNECT : reads[0],
        reason: 'not in the snapshot',
      };
    },
    serviceAccount: (namespace, name) => accounts().get(key(namespace, name))?.[0],
    podsOf: (namespace, serviceAccount) => pods().get(key(namespace, serviceAccount)) ?? [],
    node: (id) => nodes().get(id),
  };
}

const key = (namespace: string, name: string): string => `${namespace}/${name}`;

function byKey<T>(items: readonly T[], keyOf: (item: T) => readonly [string, string]): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const item of items) {
    const at = key(...keyOf(item));
    const group = map.get(at);
    if (group === undefined) map.set(at, [item]);
    else group.push(item);
  }
  return map;
}

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
