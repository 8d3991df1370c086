import { buildEstate } from '../estate/build-estate.ts';
import type { Estate } from '../estate/estate.ts';
import { KUBERNETES_READS, type KubernetesList } from '../estate/kubernetes-view.ts';
import { ACCOUNT_READS, CLUSTER_READS } from '../estate/reads.ts';
import type {
  AccessEntry,
  Account,
  Addon,
  Association,
  Cluster,
  CoverageGap,
  Region,
  Role,
  Snapshot,
} from '../estate/snapshot.ts';
import { type ProviderArn, parseProviderArn } from '../identity/issuer.ts';
import { partitionOfRegion } from '../identity/partitions.ts';
import type { Shown, ShownCluster, ShownProvider, ShownRole, Whereabouts } from './shown.ts';
import { anotherOf, type Place } from './unresolved.ts';

/** The estate that a file shows, in that of a snapshot where there is one, and which of it the file shows. */
export interface LocatedEstate {
  readonly estate: Estate;
  readonly roles: ReadonlyMap<string, ShownRole>;
  readonly providers: readonly (ShownProvider & { readonly arn: string })[];
  readonly clusters: readonly PlacedCluster[];
}

export interface PlacedCluster {
  readonly shown: ShownCluster;
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The name of a cluster that a file does not name. */
export const UNNAMED_CLUSTER = 'the cluster of this file';

/** A file by itself was never taken at a time. */
const NEVER = '1970-01-01T00:00:00Z';

const REASON = 'the file shows a part only (--snapshot gives the rest)';

/** Cluster to put into it what does not say for which cluster it is: a name of the snapshot. */
interface Context {
  readonly snapshot: Snapshot | null;
  readonly cluster: { readonly account: string; readonly region: string; readonly name: string } | null;
}

/** Puts what a file shows into the snapshot. What neither tells counts as not read. */
export function locatedEstate(shown: Shown, place: Place, { snapshot, cluster }: Context): LocatedEstate {
  const accounts = new Map((snapshot?.accounts ?? []).map((account) => [account.id, account]));
  const gaps: CoverageGap[] = [];
  const roles = new Map<string, ShownRole>();
  const providers: (ShownProvider & { arn: string })[] = [];
  const clusters: PlacedCluster[] = [];
  const homes = new Map<string, { readonly home: Place; readonly own: Map<string, ShownRole> }>();
  for (const role of shown.roles) {
    const home = homeOf(role, place);
    const arn = unusedArn(`arn:${home.partition}:iam::${home.account}:role${role.path}${role.name}`, roles);
    roles.set(arn, role);
    const group = homes.get(home.account) ?? { home, own: new Map<string, ShownRole>() };
    homes.set(home.account, group);
    group.own.set(arn, role);
  }
  for (const { home, own } of homes.values())
    change(accounts, home, (account) => withRoles(account, own, gaps));
  for (const provider of shown.providers) {
    const home = completed(provider.where, place);
    const arn = `arn:${home.partition}:iam::${home.account}:oidc-provider/${provider.issuer}`;
    providers.push({ ...provider, arn });
    change(accounts, home, (account) => withProvider(account, arn, provider, gaps));
  }
  for (const one of shown.clusters) {
    const home = clusterHome(one, place, cluster);
    clusters.push({ shown: one, account: home.account, region: home.region, name: home.name });
    change(accounts, home, (account) => withCluster(account, home, one, gaps));
  }
  const merged: Snapshot = {
    schemaVersion: 1,
    takenAt: snapshot?.takenAt ?? NEVER,
    ...(snapshot?.organization !== undefined && { organization: snapshot.organization }),
    accounts: [...accounts.values()],
    coverage: [...(snapshot?.coverage ?? []), ...gaps],
  };
  return { estate: buildEstate(merged), roles, providers, clusters };
}

/** Of roles with one name, each in a world or a document of its own, all are judged: the others by a name that is made up. */
function unusedArn(arn: string, roles: ReadonlyMap<string, ShownRole>): string {
  return roles.has(arn) ? unusedArn(anotherOf(arn), roles) : arn;
}

/** A role is where the first EKS provider of its trust policy is: it could use no other account's. */
function homeOf(role: ShownRole, place: Place): Place {
  const { where } = role;
  const provider = where.account !== null && where.partition !== null ? null : providerOf(role);
  if (provider === null) return completed(where, place);
  return { account: provider.account, partition: provider.partition, region: place.region };
}

/** The first provider that a role trusts by its whole ARN. */
export function providerOf({ trust }: ShownRole): ProviderArn | null {
  return parseProviderArn(/arn:[^:"\s]*:iam::\d{12}:oidc-provider\/[^"\s\\]+/.exec(trust.text)?.[0] ?? '');
}

function completed(where: Whereabouts, place: Place): Place {
  const region = where.region ?? place.region;
  const partition = where.partition ?? (where.region === null ? place.partition : partitionOfRegion(region));
  return { account: where.account ?? place.account, partition, region };
}

function clusterHome(
  shown: ShownCluster,
  place: Place,
  given: Context['cluster'],
): Place & { readonly name: string } {
  const { where, name } = shown;
  if (name === null && given !== null) return { ...given, partition: partitionOfRegion(given.region) };
  const account = where.account ?? accountOfAssociations(shown);
  return { ...completed({ ...where, account }, place), name: name ?? UNNAMED_CLUSTER };
}

/** The account of the roles of a cluster's associations, where they are of one: EKS takes no others (CreatePodIdentityAssociation). */
function accountOfAssociations({ associations }: ShownCluster): string | null {
  const [account, ...others] = new Set(
    associations.flatMap(
      ({ value }) => /^arn:[^:]*:iam::(\d{12}):role\//.exec(value.roleArn ?? '')?.[1] ?? [],
    ),
  );
  return account === undefined || others.length > 0 ? null : account;
}

function change(
  accounts: Map<string, Account>,
  { account: id, partition }: Place,
  edit: (account: Account) => Account,
): void {
  accounts.set(id, edit(accounts.get(id) ?? { id, partition }));
}

const gapsFor = (reads: readonly string[], place: Omit<CoverageGap, 'read' | 'reason'>): CoverageGap[] =>
  reads.slice(0, 1).map((read) => ({ ...place, read, reason: REASON }));

function withRoles(account: Account, own: ReadonlyMap<string, ShownRole>, gaps: CoverageGap[]): Account {
  if (account.roles === undefined) gaps.push(...gapsFor(ACCOUNT_READS.roles, { account: account.id }));
  const before = new Map((account.roles ?? []).map((role) => [role.arn, role]));
  const written = [...own].map(
    ([arn, { trust, facts }]): Role => ({ ...before.get(arn), arn, trustPolicy: trust.text, ...facts }),
  );
  return { ...account, roles: [...[...before.values()].filter(({ arn }) => !own.has(arn)), ...written] };
}

function withProvider(account: Account, arn: string, { facts }: ShownProvider, gaps: CoverageGap[]): Account {
  if (account.oidcProviders === undefined)
    gaps.push(...gapsFor(ACCOUNT_READS.oidcProviders, { account: account.id }));
  const before = account.oidcProviders?.find((provider) => provider.arn === arn);
  const others = (account.oidcProviders ?? []).filter((one) => one.arn !== arn);
  return { ...account, oidcProviders: [...others, { ...before, arn, ...facts }] };
}

function withCluster(
  account: Account,
  home: Place & { readonly name: string },
  shown: ShownCluster,
  gaps: CoverageGap[],
): Account {
  if (account.regions === undefined) gaps.push(...gapsFor(ACCOUNT_READS.regions, { account: account.id }));
  const region: Region = account.regions?.find(({ name }) => name === home.region) ?? { name: home.region };
  if (region.clusters === undefined)
    gaps.push(...gapsFor(['eks:ListClusters'], { account: account.id, region: home.region }));
  const before = region.clusters?.find(({ name }) => name === home.name);
  const cluster = mergedCluster(before, home, shown, gaps);
  const clusters = [...(region.clusters ?? []).filter(({ name }) => name !== home.name), cluster];
  const others = (account.regions ?? []).filter(({ name }) => name !== home.region);
  return { ...account, regions: [...others, { ...region, clusters }] };
}

function mergedCluster(
  before: Cluster | undefined,
  home: Place & { readonly name: string },
  shown: ShownCluster,
  gaps: CoverageGap[],
): Cluster {
  const { account, region, partition, name } = home;
  const at = { account, region, cluster: name };
  const base: Cluster = before ?? { name, arn: `arn:${partition}:eks:${region}:${account}:cluster/${name}` };
  const cluster: Cluster = { ...base, ...definedFacts(base, shown) };
  const into = <T extends object>(
    before: readonly T[] | undefined,
    own: readonly T[],
    keyOf: (one: T) => string,
    reads: readonly string[],
  ): T[] => {
    if (before === undefined) gaps.push(...gapsFor(reads, at));
    return replaced(before ?? [], own, keyOf);
  };
  if (shown.associations.length > 0) {
    cluster.podIdentityAssociations = into<Association>(
      cluster.podIdentityAssociations,
      shown.associations.map(({ value }, index) => ({ ...value, id: `a-file-${index + 1}` })),
      ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`,
      CLUSTER_READS.podIdentityAssociations,
    );
  }
  if (shown.entries.length > 0) {
    const own = shown.entries.map(({ value }) => value);
    cluster.accessEntries = into<AccessEntry>(
      cluster.accessEntries,
      own,
      ({ principalArn }) => principalArn,
      CLUSTER_READS.accessEntries,
    );
  }
  if (shown.addons.length > 0) {
    const own = shown.addons.map(({ value }) => value);
    cluster.addons = into<Addon>(cluster.addons, own, (one) => one.name, CLUSTER_READS.addons);
  }
  const kubernetes = mergedKubernetes(cluster, shown, (list) =>
    gaps.push(...gapsFor(KUBERNETES_READS[list], at)),
  );
  return kubernetes === undefined ? cluster : { ...cluster, kubernetes };
}

/** A list with what a file writes in the place of what it was; what a file does not say of a thing stays. */
function replaced<T extends object>(before: readonly T[], own: readonly T[], keyOf: (one: T) => string): T[] {
  const earlier = new Map(before.map((one) => [keyOf(one), one]));
  const keys = new Set(own.map(keyOf));
  return [
    ...before.filter((one) => !keys.has(keyOf(one))),
    ...own.map((one) => ({ ...earlier.get(keyOf(one)), ...one })),
  ];
}

/** A file says what it writes; a list that it takes to be empty says nothing against a snapshot. */
function definedFacts(base: Cluster, { facts }: ShownCluster): Partial<Cluster> {
  const { podIdentityAssociations: assumed, ...said } = facts;
  return base.podIdentityAssociations === undefined && assumed !== undefined
    ? { ...said, podIdentityAssociations: assumed }
    : said;
}

function mergedKubernetes(
  { kubernetes }: Cluster,
  { serviceAccounts, awsAuth }: ShownCluster,
  gap: (list: KubernetesList) => void,
): Cluster['kubernetes'] {
  if (serviceAccounts.length === 0 && awsAuth === null) return kubernetes;
  const own = serviceAccounts.map(({ value }) => value);
  if (own.length > 0 && kubernetes?.serviceAccounts === undefined) gap('serviceAccounts');
  if (awsAuth?.whole === false) gap('awsAuth');
  return {
    ...kubernetes,
    ...(own.length > 0 && {
      serviceAccounts: replaced(
        kubernetes?.serviceAccounts ?? [],
        own,
        ({ namespace, name }) => `${namespace}/${name}`,
      ),
    }),
    ...(awsAuth !== null && { awsAuth: { data: { ...awsAuth.data } } }),
  };
}
