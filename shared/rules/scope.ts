import type { Config } from '../config/config.ts';
import type { AccountView, AssociationView, ClusterView, Estate, RoleView } from '../estate/estate.ts';

/** What the rules are asked about: the whole estate, or what touches one role or one mapping. */
export interface Scope {
  /** True when only one role or mapping is looked at. */
  readonly focused: boolean;
  readonly estate: Estate;
  readonly config: Config;
  readonly accounts: readonly AccountView[];
  readonly clusters: readonly ClusterView[];
  readonly roles: readonly RoleView[];
  readonly associations: readonly AssociationView[];
}

/** One mapping to look at: a role, and the ServiceAccount that is meant to get it, as far as known. */
export interface Focus {
  readonly role?: RoleView;
  readonly cluster?: ClusterView;
  readonly namespace?: string;
  readonly serviceAccount?: string;
}

/** Everything in the estate. */
export function wholeScope(estate: Estate, config: Config): Scope {
  return {
    focused: false,
    estate,
    config,
    accounts: [...estate.accounts.values()],
    clusters: estate.clusters,
    roles: estate.roles,
    associations: associationsOf(estate.clusters),
  };
}

/** Everything in some accounts of an estate: the scopes of distinct accounts together find what the whole does. */
export function accountsScope(estate: Estate, config: Config, ids: ReadonlySet<string>): Scope {
  const accounts = [...estate.accounts.values()].filter(({ id }) => ids.has(id));
  const clusters = accounts.flatMap((account) => account.clusters);
  return {
    focused: false,
    estate,
    config,
    accounts,
    clusters,
    roles: accounts.flatMap((account) => account.roles),
    associations: associationsOf(clusters),
  };
}

/** Only what the focus names: its role, its cluster, their accounts, the association of its ServiceAccount. */
export function focusedScope(estate: Estate, config: Config, focus: Focus): Scope {
  const { role, cluster, namespace, serviceAccount } = focus;
  const associations = associationsOf(cluster === undefined ? [] : [cluster]).filter(
    ({ association }) =>
      association.namespace === namespace &&
      association.serviceAccount === serviceAccount &&
      (role === undefined ||
        association.roleArn === role.role.arn ||
        association.targetRoleArn === role.role.arn),
  );
  const accounts = [role?.account, cluster?.account].filter((account) => account !== undefined);
  return {
    focused: true,
    estate,
    config,
    accounts: [...new Set(accounts)],
    clusters: cluster === undefined ? [] : [cluster],
    roles: role === undefined ? [] : [role],
    associations,
  };
}

/** Every association of some clusters. */
export function associationsOf(clusters: readonly ClusterView[]): AssociationView[] {
  return clusters.flatMap((cluster) =>
    (cluster.cluster.podIdentityAssociations ?? []).map((association) => ({ association, cluster })),
  );
}
