import type { ClusterView, RoleView } from '../estate/estate.ts';
import type { Where } from '../findings/finding.ts';
import { providerArnFor } from '../identity/issuer.ts';

/** One way from a ServiceAccount to a role, or to none that is known. */
export interface Mapping {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: RoleView | null;
}

/** True when a finding is about the mapping's role, its ServiceAccount, or the provider that its tokens go through. */
export function exposureConcerns(
  where: Where,
  { cluster, namespace, serviceAccount, role }: Mapping,
): boolean {
  if (where.role !== undefined) return where.role === role?.role.arn;
  if (where.serviceAccount !== undefined) {
    return (
      where.cluster === cluster.cluster.name &&
      where.namespace === namespace &&
      where.serviceAccount === serviceAccount
    );
  }
  if (role === null || cluster.issuerKey === null) return false;
  return where.principal === providerArnFor(role.account.partition, role.account.id, cluster.issuerKey);
}
