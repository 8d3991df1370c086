import type { AccountView, AssociationView, ClusterView, RoleView } from '../estate/estate.ts';
import type { Where } from '../findings/finding.ts';
import type { WebDoor } from './doors/web-door.ts';

/** The place of a finding about an account. */
export function accountWhere(account: AccountView): Where {
  return { account: account.id };
}

/** The place of a finding about a cluster. */
export function clusterWhere(cluster: ClusterView): Where {
  const { id } = cluster.account;
  return { account: id, region: cluster.region, cluster: cluster.cluster.name, clusterAccount: id };
}

/** A place as findings tell it: the account of its cluster only where it is another one. */
export function placeOf({ clusterAccount, ...where }: Where): Where {
  return clusterAccount === undefined || clusterAccount === where.account
    ? where
    : { ...where, clusterAccount };
}

/** The place of a finding about a role. */
export function roleWhere(role: RoleView): Where {
  return { account: role.account.id, role: role.role.arn };
}

/** The place of a finding about a Pod Identity association. */
export function associationWhere({ association, cluster }: AssociationView): Where {
  return {
    ...clusterWhere(cluster),
    namespace: association.namespace,
    serviceAccount: association.serviceAccount,
    ...(association.roleArn === undefined ? {} : { role: association.roleArn }),
  };
}

/** The place of a finding about the way into a role from one cluster. */
export function doorWhere({ role, cluster }: WebDoor): Where {
  return cluster === null ? roleWhere(role) : { ...clusterWhere(cluster), ...roleWhere(role) };
}

/** The place of a finding about a ServiceAccount, and the role that it is bound to. */
export function serviceAccountWhere(
  { cluster, namespace, serviceAccount }: ServiceAccountPlace,
  roleArn?: string,
): Where {
  const place = { ...clusterWhere(cluster), namespace, serviceAccount };
  return roleArn === undefined ? place : { ...place, role: roleArn };
}

interface ServiceAccountPlace {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
}
