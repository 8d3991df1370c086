import * as z from 'zod';
import { isAboutCluster } from '../../config/cluster-reference.ts';
import type { Config } from '../../config/config.ts';
import type { Account, Cluster, Role, Snapshot } from '../../estate/snapshot.ts';
import { parseProviderArn } from '../../identity/issuer.ts';
import { roleAnnotation } from '../../identity/role-annotation.ts';
import { roleOfArn } from '../../triggers/names.ts';
import { issuerId } from './issuer-id.ts';

const account = z.string().regex(/^\d{12}$/);

const abstractSchema = z.strictObject({
  account,
  /** Where its snapshot is. */
  key: z.string(),
  takenAt: z.iso.datetime(),
  /** Of the reading, without what changes by itself: times of reading and of use. */
  digest: z.string(),
  gaps: z.number().int().nonnegative(),
  roles: z.number().int().nonnegative(),
  /** False: it may have clusters, or issuers of clusters, that were not read. */
  showsClusters: z.boolean(),
  clusters: z.array(z.strictObject({ name: z.string(), issuer: z.string().nullable() })),
  /** Issuers that its roles and providers name and none of its clusters has, by issuerId; `names`: what may name the cluster. */
  trusts: z.array(z.strictObject({ issuer: z.string(), names: z.array(z.string()) })),
  /** Roles that its pods get, `111122223333/payments-api`, in lower case; only those of other accounts. */
  pods: z.array(z.string()),
  /** Roles of other accounts that are let into its clusters. */
  entries: z.array(z.string()),
  /** Its roles that trust other accounts as a whole. */
  trusting: z.array(z.strictObject({ role: z.string(), accounts: z.array(account) })),
  /** Other accounts that its clusters or the configuration name. */
  named: z.array(account),
});

/** What an account is to others, in a few kilobytes: made when it was read, so that joining needs no snapshots. */
export type AccountAbstract = Readonly<z.infer<typeof abstractSchema>>;

/** An account of the scan as its collection left it. */
export const collectedSchema = z.union([
  abstractSchema,
  z.strictObject({ account, unread: z.string().describe('Why it was not read') }),
]);

export type CollectedAccount = Readonly<z.infer<typeof collectedSchema>>;

/** More than any account has of its own: IAM allows 700 providers, EKS 100 clusters in a region. */
const MOST = 2_500;
const MOST_NAMES = 20;

interface AbstractInput {
  readonly snapshot: Snapshot;
  readonly account: Account;
  readonly key: string;
  readonly digest: string;
  readonly bindings: Config['bindings'];
  /** Issuers of tokens with which the account's roles were asked for, whether they trust them or not. */
  readonly observed?: readonly string[];
}

/** The abstract of one account of a snapshot. */
export function abstractOf(input: AbstractInput): AccountAbstract {
  const { snapshot, account, key, digest, bindings, observed = [] } = input;
  const clusters = (account.regions ?? []).flatMap((region) => region.clusters ?? []);
  const foreign = (arns: readonly string[]) => rolesElsewhere(arns, account.id);
  return {
    account: account.id,
    key,
    takenAt: snapshot.takenAt,
    digest,
    gaps: snapshot.coverage.length,
    roles: account.roles?.length ?? 0,
    showsClusters: showsClusters(account, snapshot),
    clusters: clusters.slice(0, MOST).map(({ name, issuer }) => ({
      name,
      issuer: issuer === undefined ? null : issuerId(issuer),
    })),
    trusts: trustsOf(
      account,
      new Set(clusters.flatMap(({ issuer }) => (issuer === undefined ? [] : [issuerId(issuer)]))),
      observed,
    ),
    pods: foreign(clusters.flatMap((cluster) => podRolesOf(cluster, account.partition))),
    entries: foreign(clusters.flatMap(principalsOf)),
    trusting: (account.roles ?? []).flatMap((role) => trustingOf(role, account.id)).slice(0, MOST),
    named: namedBy(clusters, account.id, bindings),
  };
}

/** Whether every cluster and every issuer of the account is known. */
function showsClusters({ regions }: Account, { coverage }: Snapshot): boolean {
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

/** Issuers that roles, providers and observed sessions name, however they are written: one too much only makes a read wider. */
function trustsOf(
  account: Account,
  own: ReadonlySet<string>,
  observed: readonly string[],
): AccountAbstract['trusts'] {
  const found = new Map<string, Set<string>>();
  const add = (issuer: string, names: readonly string[]): void => {
    const id = issuerId(issuer);
    if (own.has(id)) return;
    const known = found.get(id) ?? new Set();
    for (const name of names) if (known.size < MOST_NAMES) known.add(name);
    if (found.size < MOST) found.set(id, known);
  };
  for (const { arn, tags } of account.oidcProviders ?? []) {
    const parsed = parseProviderArn(arn);
    if (parsed !== null) add(parsed.issuer.key, clusterTags(tags));
  }
  for (const { trustPolicy, arn, tags } of account.roles ?? []) {
    // JSON may write a slash as \/, and IAM keeps policies as they were written.
    const text = trustPolicy.slice(0, LONGEST_SEARCHED).replaceAll('\\/', '/');
    for (const [, name = ''] of text.matchAll(/:oidc-provider\/([^"\s\\]{1,300})/g))
      add(name, [arn.slice(arn.lastIndexOf('/') + 1), ...clusterTags(tags)]);
  }
  for (const issuer of observed) add(issuer, []);
  return [...found].map(([issuer, names]) => ({ issuer, names: [...names].sort() })).sort(byIssuer);
}

const byIssuer = (a: { issuer: string }, b: { issuer: string }): number => (a.issuer < b.issuer ? -1 : 1);

/** Values of the tags that tools set to the name of a cluster. */
function clusterTags(tags: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.entries(tags ?? {}).flatMap(([key, value]) => (/cluster/i.test(key) ? [value] : []));
}

/** Roles that pods of a cluster get: target roles of associations, and roles of annotations. */
function podRolesOf(cluster: Cluster, partition: string): readonly string[] {
  const { podIdentityAssociations = [], kubernetes } = cluster;
  return [
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
  return [...new Set(names)].sort().slice(0, MOST);
}

/** A role that names other accounts as principals: accounts as a whole, or anything in them. */
function trustingOf({ arn, trustPolicy }: Role, own: string): AccountAbstract['trusting'] {
  const found = trustPolicy
    .slice(0, LONGEST_SEARCHED)
    .matchAll(/"(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::[^"]{1,600})?"/g);
  const accounts = [...new Set([...found].map(([, id = '']) => id))].filter((id) => id !== own);
  const role = arn.slice(arn.lastIndexOf('/') + 1).toLowerCase();
  return accounts.length === 0 ? [] : [{ role, accounts: accounts.sort().slice(0, 50) }];
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
  return [...new Set(ids)].sort().slice(0, MOST);
}
