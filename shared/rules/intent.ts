import type { Binding, Config } from '../config/config.ts';
import type { ClusterView, RoleView } from '../estate/estate.ts';
import { subjectOf } from '../identity/service-account.ts';

/** True when a binding of the configuration is about a cluster: by name, by ARN, or by a tag that it carries. */
export function isAboutCluster(binding: Binding, { cluster }: ClusterView): boolean {
  if ('cluster' in binding) return binding.cluster === cluster.name || binding.cluster === cluster.arn;
  return cluster.tags?.[binding.clusterTag.key] === binding.clusterTag.value;
}

/** The subjects that the configuration means to have a role from a cluster: the only source of exact subjects for a repair. */
export function intendedSubjects(config: Config, role: RoleView, cluster: ClusterView | null): string[] {
  if (cluster === null) return [];
  const subjects = (config.bindings ?? [])
    .filter((binding) => binding.role === role.role.arn && isAboutCluster(binding, cluster))
    .map(({ namespace, serviceAccount }) => subjectOf(namespace, serviceAccount));
  return [...new Set(subjects)].sort();
}
