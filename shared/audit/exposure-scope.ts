import type { ClusterView, RoleView } from '../estate/estate.ts';
import type { Where } from '../findings/finding.ts';

/** One way from a ServiceAccount to a role, or to none that is known. */
export interface Mapping {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: RoleView | null;
}

/**
 * True when a finding is about the mapping's role or its ServiceAccount. One about the provider is not: an audience too
 * many opens only roles that ask for none, and that is a finding of the role.
 */
export function exposureConcerns(
  where: Where,
  { cluster, namespace, serviceAccount, role }: Mapping,
): boolean {
  if (where.role !== undefined) return where.role === role?.role.arn;
  return (
    where.serviceAccount === serviceAccount &&
    where.namespace === namespace &&
    where.cluster === cluster.cluster.name
  );
}
