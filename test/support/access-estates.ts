import type { Kubernetes } from '../../shared/estate/kubernetes-schema.ts';
import type { AccessEntry, Account, Cluster, Role, Snapshot } from '../../shared/estate/snapshot.ts';
import { awsAuth, kubernetes, readCluster, teamRole } from '../../shared/rules/examples/access.ts';
import { ACCOUNT, estateOf } from '../../shared/rules/examples/estate.ts';

type Parts = NonNullable<Parameters<typeof estateOf>[0]> & {
  readonly users?: Account['users'];
  readonly cluster?: Partial<Cluster>;
};

/** The cluster `shop` with these access entries, in an account with the role `team`. */
export function withEntries(
  accessEntries: AccessEntry[],
  { cluster, users, ...parts }: Parts = {},
): Snapshot {
  const snapshot = estateOf({
    clusters: [readCluster({ accessEntries, ...cluster })],
    roles: [teamRole()],
    ...parts,
  });
  return users === undefined ? snapshot : inAccount(snapshot, { users });
}

/** The cluster `shop` that asks aws-auth alone, with this mapRoles, in an account with the role `team`. */
export function withRoles(mapRoles: string, { cluster, ...parts }: Parts = {}): Snapshot {
  return withAwsAuth({ mapRoles }, { cluster: cluster ?? {}, ...parts });
}

/** The cluster `shop` that asks aws-auth alone, with this aws-auth. */
export function withAwsAuth(
  data: Readonly<Record<string, string>>,
  {
    cluster,
    users,
    kubernetes: more = {},
    ...parts
  }: Parts & { readonly kubernetes?: Partial<Kubernetes> } = {},
): Snapshot {
  const shop = readCluster({
    authenticationMode: 'CONFIG_MAP',
    creator: { arn: `arn:aws:iam::${ACCOUNT}:role/builder`, at: '2026-01-10T08:00:00Z' },
    kubernetes: kubernetes({ awsAuth: awsAuth(data), ...more }),
    ...cluster,
  });
  const snapshot = estateOf({ clusters: [shop], roles: [teamRole()], ...parts });
  return users === undefined ? snapshot : inAccount(snapshot, { users });
}

/** An estate with the first account changed. */
function inAccount(snapshot: Snapshot, changes: Partial<Account>): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account, index) => (index === 0 ? { ...account, ...changes } : account)),
  };
}

/** An element of mapRoles. */
export function row(arn: string, groups: string, username = 'team:{{SessionName}}'): string {
  return `- rolearn: ${arn}\n  username: ${username}\n  groups: [${groups}]\n`;
}

/** The element that EKS writes for managed node groups. */
export function nodeRow(arn: string, more = ''): string {
  return row(arn, `system:bootstrappers, system:nodes${more}`, 'system:node:{{EC2PrivateDNSName}}');
}

/** A role of this name and of everything else like `team`. */
export function named(name: string, changes: Partial<Role> = {}): Role {
  return teamRole({
    arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    id: `AROAEXAMPLE${name.toUpperCase()}`,
    ...changes,
  });
}

/** A cluster without one of its lists. */
export function unreadList<K extends keyof Cluster>(snapshot: Snapshot, list: K): Snapshot {
  return {
    ...snapshot,
    accounts: snapshot.accounts.map((account) => ({
      ...account,
      ...(account.regions && {
        regions: account.regions.map((region) => ({
          ...region,
          ...(region.clusters && {
            clusters: region.clusters.map((one) => {
              const { [list]: _, ...rest } = one;
              return rest as Cluster;
            }),
          }),
        })),
      }),
    })),
  };
}
