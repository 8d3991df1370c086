import type { ClusterView, RoleView } from '../estate/estate.ts';
import type { Where } from '../findings/finding.ts';

/** One way from a ServiceAccount to a role, or to none that is known. */
export interface Mapping {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: RoleView | null;
  /** The role that pods end up with by a second hop: null where it was not read, absent where there is none. */
  readonly target?: RoleView | null;
}

/**
 * True when a finding is about one of the mapping's roles or its ServiceAccount. One about the provider is not: an audience too
 * many opens only roles that ask for none, and that is a finding of the role.
 */
export function exposureConcerns(
  where: Where,
  { cluster, namespace, serviceAccount, role, target }: Mapping,
): boolean {
  if (where.role !== undefined) return where.role === role?.role.arn || where.role === target?.role.arn;
  return (
    where.serviceAccount === serviceAccount &&
    where.namespace === namespace &&
    where.cluster === cluster.cluster.name
  );
}
