import { isAboutCluster } from '../config/cluster-reference.ts';
import type { Binding, Config } from '../config/config.ts';
import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import { subjectOf } from '../identity/service-account.ts';

/** The subjects that the configuration means to have a role from a cluster: the only source of exact subjects for a repair. */
export function intendedSubjects(config: Config, role: RoleView, cluster: ClusterView | null): string[] {
  if (cluster === null) return [];
  const subjects = (config.bindings ?? [])
    .filter((binding) => binding.role === role.role.arn && isAboutCluster(binding, cluster.cluster))
    .map(({ namespace, serviceAccount }) => subjectOf(namespace, serviceAccount));
  return [...new Set(subjects)].sort();
}

const declared = new WeakMap<Config, ReadonlyMap<string, readonly Binding[]>>();

/** True when some binding of the configuration declares that a ServiceAccount of a cluster has a role. */
export function isDeclared(
  config: Config,
  mapping: {
    readonly cluster: ClusterView;
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly role: string;
  },
): boolean {
  let index = declared.get(config);
  if (index === undefined) {
    index = Map.groupBy(config.bindings ?? [], keyOf);
    declared.set(config, index);
  }
  return (index.get(keyOf(mapping)) ?? []).some((binding) =>
    isAboutCluster(binding, mapping.cluster.cluster),
  );
}

function keyOf({
  namespace,
  serviceAccount,
  role,
}: Pick<Binding, 'namespace' | 'serviceAccount' | 'role'>): string {
  return `${namespace}/${serviceAccount} ${role}`;
}

/** The clusters in scope that a binding is about; one that it names is looked up rather than searched for. */
export function clustersOf(
  binding: Binding,
  clusters: readonly ClusterView[],
  estate: Estate,
): ClusterView[] {
  if (!('cluster' in binding)) return clusters.filter(({ cluster }) => isAboutCluster(binding, cluster));
  const name = binding.cluster.slice(binding.cluster.lastIndexOf('/') + 1);
  const named = (estate.clustersByName.get(name) ?? []).filter(({ cluster }) =>
    isAboutCluster(binding, cluster),
  );
  return clusters === estate.clusters ? named : named.filter((cluster) => clusters.includes(cluster));
}
