import type { Change, ChangeOf, StateOf } from '../changes/change.ts';
import type {
  AccessEntry,
  Account,
  Addon,
  Association,
  Cluster,
  OidcProvider,
  Snapshot,
} from '../estate/snapshot.ts';
import { ADDON_SERVICE_ACCOUNTS } from '../identity/addon-service-accounts.ts';
import { issuerKey } from '../identity/issuer.ts';

/**
 * The snapshot as it would be after some changes; what they do not touch is shared with the one before. A change of
 * something that the snapshot does not hold leaves it as it is.
 */
export function applyToSnapshot(snapshot: Snapshot, changes: readonly Change[]): Snapshot {
  return changes.reduce(applyOne, snapshot);
}

function applyOne(snapshot: Snapshot, change: Change): Snapshot {
  const account = (edit: (account: Account) => Account): Snapshot => ({
    ...snapshot,
    accounts: snapshot.accounts.map((one) => (one.id === change.target.account ? edit(one) : one)),
  });
  const cluster = (edit: (cluster: Cluster) => Cluster) => account((one) => editCluster(one, change, edit));
  switch (change.kind) {
    case 'trust-policy':
      return account((one) => ({
        ...one,
        roles: (one.roles ?? []).flatMap((role) => trusting(role, change)),
      }));
    case 'oidc-provider':
      return account((one) => ({ ...one, oidcProviders: providers(one.oidcProviders ?? [], change) }));
    case 'pod-identity-association':
      return cluster((one) => ({
        ...one,
        podIdentityAssociations: associations(one.podIdentityAssociations ?? [], change),
      }));
    case 'addon':
      return cluster((one) => withAddon(one, change));
    case 'access-entry':
      return cluster((one) => ({
        ...one,
        accessEntries: entries(one.accessEntries ?? [], change, snapshot),
      }));
    case 'access-policy':
      return cluster((one) => ({ ...one, accessEntries: policies(one.accessEntries ?? [], change) }));
    case 'aws-auth':
      return cluster((one) => ({
        ...one,
        kubernetes: {
          ...one.kubernetes,
          awsAuth: change.after === null ? null : { ...one.kubernetes?.awsAuth, data: change.after.data },
        },
      }));
    case 'authentication-mode':
      return cluster((one) => (change.after === null ? one : { ...one, authenticationMode: change.after }));
    case 'service-account-annotation':
      return cluster((one) => annotated(one, change, snapshot));
  }
}

function editCluster(account: Account, { target }: Change, edit: (cluster: Cluster) => Cluster): Account {
  if (!('cluster' in target)) return account;
  return {
    ...account,
    regions: account.regions?.map((region) =>
      region.name === target.region
        ? {
            ...region,
            clusters: region.clusters?.map((one) => (one.name === target.cluster ? edit(one) : one)),
          }
        : region,
    ),
  };
}

type Role = NonNullable<Account['roles']>[number];

function trusting(role: Role, { target, after }: ChangeOf<'trust-policy'>): Role[] {
  if (role.arn !== target.arn) return [role];
  return after === null ? [] : [{ ...role, trustPolicy: after }];
}

function providers(
  list: readonly OidcProvider[],
  { target, after }: ChangeOf<'oidc-provider'>,
): OidcProvider[] {
  const kept = (old: OidcProvider): OidcProvider | null =>
    after === null ? null : { ...old, clientIds: after.clientIds };
  return replaced(
    list,
    (one) => one.arn === target.arn,
    kept,
    () =>
      after === null ? null : { arn: target.arn, url: issuerKey(after.url), clientIds: after.clientIds },
  );
}

function associations(
  list: readonly Association[],
  { target, after }: ChangeOf<'pod-identity-association'>,
): Association[] {
  const is = (one: Association) =>
    one.namespace === target.namespace && one.serviceAccount === target.serviceAccount;
  const state = ({ disableSessionTags, ...rest }: StateOf<'pod-identity-association'>) => ({
    disableSessionTags: disableSessionTags ?? false,
    ...rest,
  });
  return replaced(
    list,
    is,
    ({ id, arn, created, modified, tags }) =>
      after === null
        ? null
        : { id, ...defined({ arn, created, modified, tags }), ...place(target), ...state(after) },
    () =>
      after === null
        ? null
        : { id: `a-planned-${target.namespace}-${target.serviceAccount}`, ...place(target), ...state(after) },
  );
}

function place({ namespace, serviceAccount }: ChangeOf<'pod-identity-association'>['target']) {
  return { namespace, serviceAccount };
}

/** An add-on that was just installed works; the associations that it owns are made and deleted with it. */
function withAddon(cluster: Cluster, { target, after }: ChangeOf<'addon'>): Cluster {
  const made = (old: Addon | null): Addon | null => {
    if (after === null) return null;
    const { serviceAccountRoleArn: _, ...rest } = old ?? { name: target.addon };
    return { ...rest, status: 'ACTIVE', ...defined({ serviceAccountRoleArn: after.serviceAccountRoleArn }) };
  };
  const addons = replaced(
    cluster.addons ?? [],
    ({ name }) => name === target.addon,
    made,
    () => made(null),
  );
  return { ...cluster, addons, podIdentityAssociations: ownedAssociations(cluster, target.addon, after) };
}

function ownedAssociations(cluster: Cluster, addon: string, after: StateOf<'addon'> | null): Association[] {
  const all = cluster.podIdentityAssociations ?? [];
  const wanted = after?.podIdentityAssociations ?? [];
  const isOwned = ({ ownerArn }: Association) => ownerArn?.includes(`/${addon}/`) === true;
  const kept = all.flatMap((one): Association[] => {
    if (!isOwned(one)) return [one];
    const state = wanted.find(({ serviceAccount }) => serviceAccount === one.serviceAccount);
    return state === undefined ? [] : [{ ...one, roleArn: state.roleArn }];
  });
  const fresh = wanted.filter(
    ({ serviceAccount }) => !all.some((one) => isOwned(one) && one.serviceAccount === serviceAccount),
  );
  return [
    ...kept,
    ...fresh.map(({ serviceAccount, roleArn }) => ({
      id: `a-planned-${addon}-${serviceAccount}`,
      namespace: namespaceOf(cluster, addon, serviceAccount),
      serviceAccount,
      roleArn,
      disableSessionTags: false,
      ownerArn: `${cluster.arn.replace(':cluster/', ':addon/')}/${addon}/planned`,
    })),
  ];
}

/** The namespace of an add-on's ServiceAccount, which its API leaves out. */
function namespaceOf({ kubernetes }: Cluster, addon: string, serviceAccount: string): string {
  const known = ADDON_SERVICE_ACCOUNTS[addon];
  if (known?.[1] === serviceAccount) return known[0];
  const found = (kubernetes?.serviceAccounts ?? []).filter(({ name }) => name === serviceAccount);
  return found[0]?.namespace ?? 'kube-system';
}

/** An entry that is made anew is made for the principal of today: it counts as made when the snapshot was taken. */
function entries(
  list: readonly AccessEntry[],
  { target, after }: ChangeOf<'access-entry'>,
  { takenAt }: Snapshot,
): AccessEntry[] {
  const made = (old: AccessEntry | null): AccessEntry | null =>
    after === null
      ? null
      : {
          created: takenAt,
          policies: [],
          ...old,
          principalArn: target.principal,
          type: after.type,
          groups: after.groups,
          ...defined({ username: after.username, tags: after.tags }),
        };
  return replaced(
    list,
    ({ principalArn }) => principalArn === target.principal,
    made,
    () => made(null),
  );
}

function policies(list: readonly AccessEntry[], { target, after }: ChangeOf<'access-policy'>): AccessEntry[] {
  return list.map((entry) => {
    if (entry.principalArn !== target.principal) return entry;
    const others = (entry.policies ?? []).filter(({ policyArn }) => policyArn !== target.policy);
    return {
      ...entry,
      policies: after === null ? others : [...others, { policyArn: target.policy, scope: after }],
    };
  });
}

/** Pods that run are older than an annotation that is written now. */
function annotated(
  cluster: Cluster,
  { target, after }: ChangeOf<'service-account-annotation'>,
  { takenAt }: Snapshot,
): Cluster {
  const { kubernetes } = cluster;
  return {
    ...cluster,
    kubernetes: {
      ...kubernetes,
      serviceAccounts: kubernetes?.serviceAccounts?.map((one) => {
        if (one.namespace !== target.namespace || one.name !== target.serviceAccount) return one;
        const { [target.annotation]: _, ...others } = one.annotations ?? {};
        if (after === null) return { ...one, annotations: others };
        return { ...one, annotations: { ...others, [target.annotation]: after }, annotated: takenAt };
      }),
    },
  };
}

/** A list in which the one that is meant is changed, taken out, or added at the end. */
function replaced<T>(
  list: readonly T[],
  is: (one: T) => boolean,
  changed: (old: T) => T | null,
  made: () => T | null,
): T[] {
  if (list.some(is)) return list.flatMap((one) => (is(one) ? (changed(one) ?? []) : [one]));
  const fresh = made();
  return fresh === null ? [...list] : [...list, fresh];
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
