import { isAboutCluster } from '../config/cluster-reference.ts';
import type { Config } from '../config/config.ts';
import type { Account, Cluster, CoverageGap, Role } from '../estate/snapshot.ts';
import { parseProviderArn } from '../identity/issuer.ts';
import { roleAnnotation } from '../identity/role-annotation.ts';
import { roleOfArn } from '../triggers/names.ts';
import { issuerId } from './issuer-id.ts';

/** What an account is to others: made when it was read, so that joining needs no snapshots. */
export interface Ties {
  /** False: it may have clusters, or issuers of clusters, that were not read. */
  readonly showsClusters: boolean;
  /** False: one of the lists is longer than what is kept of it. */
  readonly isWhole: boolean;
  readonly clusters: readonly TiedCluster[];
  /** Issuers that its roles and providers name and none of its clusters has, by issuerId; `names`: what may name the cluster. */
  readonly trusts: readonly { readonly issuer: string; readonly names: readonly string[] }[];
  /** Roles that its pods get, `111122223333/payments-api`, in lower case; only those of other accounts. */
  readonly pods: readonly string[];
  /** Roles of other accounts that are let into its clusters. */
  readonly entries: readonly string[];
  /** Its roles that trust other accounts as a whole. */
  readonly trusting: readonly { readonly role: string; readonly accounts: readonly string[] }[];
  /** Other accounts that its clusters or the configuration name. */
  readonly named: readonly string[];
}

interface TiedCluster {
  readonly name: string;
  readonly region?: string | undefined;
  /** By issuerId; null: not read, or not there yet. */
  readonly issuer: string | null;
}

interface TiesInput {
  readonly account: Account;
  /** What could not be read of it. */
  readonly coverage: readonly CoverageGap[];
  readonly bindings: Config['bindings'];
  /** Issuers of tokens with which the account's roles were asked for, whether they trust them or not. */
  readonly observed?: readonly string[];
  /** Longest list that is kept; more than any account has of its own unless told. */
  readonly most?: number;
}

/** More than any account has of its own: IAM allows 700 providers, EKS 100 clusters in a region. */
const MOST = 2_500;
const MOST_NAMES = 20;
const MOST_TRUSTED = 50;

/** The ties of one account. */
export function tiesOf({ account, coverage, bindings, observed = [], most = MOST }: TiesInput): Ties {
  const regions = account.regions ?? [];
  const clusters = regions.flatMap((region) => region.clusters ?? []);
  let isWhole = true;
  const kept = <T>(list: readonly T[]): readonly T[] => {
    if (list.length > most) isWhole = false;
    return list.slice(0, most);
  };
  const foreign = (arns: readonly string[]) => kept(rolesElsewhere(arns, account.id));
  const own = clusters.flatMap(({ issuer }) => (issuer === undefined ? [] : [issuerId(issuer)]));
  const ties = {
    showsClusters: showsClusters(account, coverage),
    clusters: kept(regions.flatMap(tiedClusters)),
    // One more than is kept, to know that there are more.
    trusts: kept(trustsOf(account, new Set(own), observed, most)),
    pods: foreign(clusters.flatMap((cluster) => podRolesOf(cluster, account.partition))),
    entries: foreign(clusters.flatMap(principalsOf)),
    trusting: kept((account.roles ?? []).flatMap((role) => trustingOf(role, account.id))),
    named: kept(namedBy(clusters, account.id, bindings)),
  };
  return { ...ties, isWhole };
}

function tiedClusters({
  name: region,
  clusters = [],
}: NonNullable<Account['regions']>[number]): TiedCluster[] {
  return clusters.map(({ name, issuer }) => ({
    name,
    region,
    issuer: issuer === undefined ? null : issuerId(issuer),
  }));
}

/** Whether every cluster and every issuer of the account is known. */
function showsClusters({ regions }: Account, coverage: readonly CoverageGap[]): boolean {
  return (
    regions !== undefined &&
    !coverage.some(({ read, subject }) => CLUSTER_READS.has(read) && subject === undefined) &&
    regions.every(
      ({ clusters }) =>
        clusters?.every(({ issuer, status }) => issuer !== undefined || status !== undefined) === true,
    )
  );
}

const CLUSTER_READS: ReadonlySet<string> = new Set([
  'account:ListRegions',
  'eks:ListClusters',
  'eks:DescribeCluster',
]);

/** The most of a text that is searched for providers: twice the longest trust policy. */
const LONGEST_SEARCHED = 20_000;

/** Keys of conditions on a claim of a token, which carry its issuer. */
const CLAIM = /"([^"\s\\:]{1,300}\.[^"\s\\:]{1,300}):(?:sub|aud)"/gi;

/** Issuers that roles, providers and observed sessions name, however they are written: one too much only makes a read wider. */
function trustsOf(
  account: Account,
  own: ReadonlySet<string>,
  observed: readonly string[],
  most: number,
): Ties['trusts'] {
  const mostNames = most === MOST ? MOST_NAMES : most;
  const found = new Map<string, Set<string>>();
  const add = (issuer: string, names: readonly string[]): void => {
    const id = issuerId(issuer);
    if (own.has(id)) return;
    const known = found.get(id) ?? new Set();
    for (const name of names) if (known.size < mostNames) known.add(name);
    if (found.size <= most) found.set(id, known);
  };
  for (const { arn, tags } of account.oidcProviders ?? []) {
    const parsed = parseProviderArn(arn);
    if (parsed !== null) add(parsed.issuer.key, clusterTags(tags));
  }
  for (const { trustPolicy, arn, tags } of account.roles ?? []) {
    // JSON may write a slash as \/, and IAM keeps policies as they were written.
    const text = trustPolicy.slice(0, LONGEST_SEARCHED).replaceAll('\\/', '/');
    const names = [arn.slice(arn.lastIndexOf('/') + 1), ...clusterTags(tags)];
    for (const [, name = ''] of text.matchAll(/:oidc-provider\/([^"\s\\]{1,300})/g)) add(name, names);
    for (const [, name = ''] of text.matchAll(CLAIM)) add(name, names);
  }
  for (const issuer of observed) add(issuer, []);
  return [...found].map(([issuer, names]) => ({ issuer, names: [...names].sort() })).sort(byIssuer);
}

const byIssuer = (a: { issuer: string }, b: { issuer: string }): number => (a.issuer < b.issuer ? -1 : 1);

/** Values of the tags that tools set to the name of a cluster. */
function clusterTags(tags: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.entries(tags ?? {}).flatMap(([key, value]) => (/cluster/i.test(key) ? [value] : []));
}

/** Roles that pods of a cluster get: by associations, add-ons and annotations. */
function podRolesOf(cluster: Cluster, partition: string): readonly string[] {
  const { addons = [], podIdentityAssociations = [], kubernetes } = cluster;
  return [
    ...addons.flatMap(({ serviceAccountRoleArn }) => serviceAccountRoleArn ?? []),
    ...podIdentityAssociations.flatMap(({ roleArn, targetRoleArn }) =>
      [roleArn, targetRoleArn].filter((arn) => arn !== undefined),
    ),
    ...(kubernetes?.serviceAccounts ?? []).flatMap(({ annotations = {} }) => {
      const found = roleAnnotation(annotations, partition);
      return found.kind === 'role' ? [found.arn] : [];
    }),
  ];
}

/** Principals that a cluster lets in, and whoever made it. */
function principalsOf({ accessEntries = [], creator, kubernetes }: Cluster): readonly string[] {
  const rows = Object.values(kubernetes?.awsAuth?.data ?? {}).flatMap((text) => [
    ...text.matchAll(/arn:[^\s"',]{1,600}/g),
  ]);
  return [
    ...accessEntries.map(({ principalArn }) => principalArn),
    ...(creator === undefined ? [] : [creator.arn]),
    ...rows.map(([arn]) => arn),
  ];
}

function rolesElsewhere(arns: readonly string[], own: string): string[] {
  const names = arns.flatMap((arn) => {
    const role = roleOfArn(arn);
    return role === undefined || role.account === own
      ? []
      : [`${role.account}/${role.roleName.toLowerCase()}`];
  });
  return [...new Set(names)].sort();
}

/** A role that names other accounts as principals: accounts as a whole, or anything in them. */
function trustingOf({ arn, trustPolicy }: Role, own: string): Ties['trusting'] {
  const found = trustPolicy
    .slice(0, LONGEST_SEARCHED)
    .matchAll(/"(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::[^"]{1,600})?"/g);
  const accounts = [...new Set([...found].map(([, id = '']) => id))].filter((id) => id !== own);
  const role = arn.slice(arn.lastIndexOf('/') + 1).toLowerCase();
  return accounts.length === 0 ? [] : [{ role, accounts: accounts.sort().slice(0, MOST_TRUSTED) }];
}

/** Accounts whose principals of any kind are let in, and those of roles that bindings mean for the account's clusters. */
function namedBy(clusters: readonly Cluster[], own: string, bindings: Config['bindings'] = []): string[] {
  const principals = clusters.flatMap(principalsOf).flatMap((arn) => arn.split(':')[4] ?? []);
  const meant = bindings
    .filter((binding) => clusters.some((cluster) => isAboutCluster(binding, cluster)))
    .flatMap(({ role }) => role.split(':')[4] ?? []);
  const rows = clusters.flatMap(({ kubernetes }) =>
    Object.values(kubernetes?.awsAuth?.data ?? {}).flatMap((text) => text.match(/\b\d{12}\b/g) ?? []),
  );
  const ids = [...principals, ...rows, ...meant].filter((id) => /^\d{12}$/.test(id) && id !== own);
  return [...new Set(ids)].sort();
}
