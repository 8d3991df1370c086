import type { AccountView, ClusterView, Estate, Missing, RoleView } from '../estate/estate.ts';
import type { OidcProvider } from '../estate/snapshot.ts';
import { annotatedWith } from './annotated.ts';
import { type Issuer, isEksHost, parseIssuer, providerArnFor } from './issuer.ts';
import { type IssuerNearMiss, issuerNearMiss } from './near-issuer.ts';

/** What an issuer that a trust policy names is to the estate. */
export type Standing =
  | { readonly kind: 'live'; readonly cluster: ClusterView }
  /** Resembles the issuer of a live cluster too closely to be another. */
  | { readonly kind: 'near'; readonly cluster: ClusterView; readonly miss: IssuerNearMiss }
  /** No cluster has it, and this one took the place of the cluster that had. */
  | {
      readonly kind: 'former';
      readonly cluster: ClusterView;
      readonly evidence: string;
      readonly certain: boolean;
    }
  /** EKS-shaped, and no cluster that was read has it. */
  | { readonly kind: 'unseen' }
  /** Not an issuer of EKS, and no cluster's. */
  | { readonly kind: 'other' };

/** True for texts that have the shape of an EKS issuer, even with mistakes in them. */
export function looksLikeEks(issuer: Issuer): boolean {
  if (issuer.eks) return true;
  return (isEksHost(issuer.host) && issuer.path !== '') || /^id\/[0-9a-f]{32}$/i.test(issuer.path);
}

/** Places an issuer in the estate, as seen from a role that trusts it. */
export function standingOf(text: string, role: RoleView, estate: Estate): Standing {
  const issuer = parseIssuer(text);
  const live = estate.clustersByIssuer.get(issuer.key)?.[0];
  if (live) return { kind: 'live', cluster: live };
  for (const cluster of nearestFirst(role, estate)) {
    if (cluster.issuerKey === null) continue;
    const miss = issuerNearMiss(text, parseIssuer(cluster.issuerKey));
    if (miss) return { kind: 'near', cluster, miss };
  }
  if (!looksLikeEks(issuer)) return { kind: 'other' };
  const successor = successorOf(issuer, role, estate);
  return successor ?? { kind: 'unseen' };
}

/** The role's own account's clusters come before those of others. */
function* nearestFirst(role: RoleView, estate: Estate): Generator<ClusterView> {
  yield* role.account.clusters;
  for (const cluster of estate.clusters) if (cluster.account !== role.account) yield cluster;
}

/** The OIDC provider of the role's account for an issuer. */
export type ProviderStanding =
  | { readonly kind: 'exists'; readonly provider: OidcProvider }
  | { readonly kind: 'absent'; readonly near: { readonly arn: string; readonly miss: IssuerNearMiss } | null }
  | { readonly kind: 'unread'; readonly missing: Missing };

/** Looks for an issuer's provider in a role's account. */
export function providerOf(issuer: string, { account }: RoleView): ProviderStanding {
  return providerIn(issuer, account);
}

/** Looks for an issuer's provider in an account: found by its exact ARN, since IAM compares nothing else. */
export function providerIn(issuer: string, account: AccountView): ProviderStanding {
  const provider = account.providersByArn.get(providerArnFor(account.partition, account.id, issuer));
  if (provider) return { kind: 'exists', provider };
  const missing = account.missing('oidcProviders');
  if (missing) return { kind: 'unread', missing };
  const right = parseIssuer(issuer);
  for (const [arn] of account.providersByArn) {
    const written = arn.slice(arn.indexOf('oidc-provider/') + 'oidc-provider/'.length);
    const miss = issuerNearMiss(written, right);
    if (miss) return { kind: 'absent', near: { arn, miss } };
  }
  return { kind: 'absent', near: null };
}

/**
 * The live cluster that took the place of the one that had an issuer: its ServiceAccounts are annotated with the role, or
 * it is named like it by the tags of role or provider, by
 * the role's name, or the only cluster of the account in the issuer's region. `certain` when that cluster is younger than
 * what trusts the old issuer; to be the only one says nothing for certain while accounts are known that may have the
 * issuer's cluster and were not read.
 */
function successorOf(issuer: Issuer, role: RoleView, estate: Estate): Standing | null {
  const region = issuer.eks?.region;
  const rivals = [...nearestFirst(role, estate)].filter(
    (cluster) => cluster.issuerKey !== null && (region === undefined || cluster.region === region),
  );
  const provider = role.account.providersByIssuer.get(issuer.key);
  const tagged = new Set([...clusterTags(role.role.tags), ...clusterTags(provider?.tags)]);
  const byAnnotation = annotatedCluster(role, issuer, estate);
  if (byAnnotation !== null) {
    const { name } = byAnnotation.cluster;
    return former(
      byAnnotation,
      `ServiceAccounts of cluster ${name} are annotated with the role`,
      isYounger(byAnnotation, role, provider),
    );
  }
  const byTag = rivals.find(({ cluster }) => tagged.has(cluster.name));
  if (byTag)
    return former(byTag, `the tags name cluster ${byTag.cluster.name}`, isYounger(byTag, role, provider));
  const named = rivals
    .filter(({ cluster }) => namesCluster(role.name, cluster.name))
    .sort((a, b) => b.cluster.name.length - a.cluster.name.length)[0];
  if (named)
    return former(
      named,
      `the role's name names cluster ${named.cluster.name}`,
      isYounger(named, role, provider),
    );
  const own = role.account.clusters.filter((cluster) => region === undefined || cluster.region === region);
  const [only] = own;
  if (only === undefined || only.issuerKey === null || own.length > 1) return null;
  if (role.account.missing('regions') !== null) return null;
  const evidence = `${only.cluster.name} is the account's only cluster in ${only.region}`;
  return former(only, evidence, isYounger(only, role, provider) && !knowsOfOthers(estate));
}

/** Whether there are accounts beside those that were read: the issuer may be that of a live cluster there. */
function knowsOfOthers({ snapshot: { organization, coverage }, accounts }: Estate): boolean {
  return (
    organization !== undefined ||
    coverage.some(({ account }) => account !== undefined && !accounts.has(account))
  );
}

/** The only cluster whose ServiceAccounts are annotated with the role, where its region is that of the issuer. */
function annotatedCluster(role: RoleView, { eks }: Issuer, estate: Estate): ClusterView | null {
  const clusters = new Set(annotatedWith(role.role.arn, estate).map(({ cluster }) => cluster));
  const [only] = clusters;
  if (only === undefined || clusters.size > 1 || only.issuerKey === null) return null;
  return eks === undefined || eks.region === only.region ? only : null;
}

function former(cluster: ClusterView, evidence: string, certain: boolean): Standing {
  return { kind: 'former', cluster, evidence, certain };
}

/** Values of tags that tools set to the name of a cluster (`alpha.eksctl.io/cluster-name`, `ClusterName`, …). */
function clusterTags(tags: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(tags ?? {}).flatMap(([key, value]) => (/cluster/i.test(key) ? [value] : []));
}

/** True when a name holds the cluster's as a whole word: `eksctl-prod-addon-…` holds `prod`. */
function namesCluster(name: string, cluster: string): boolean {
  const words = `-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-`;
  return words.includes(`-${cluster.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-`);
}

function isYounger(cluster: ClusterView, role: RoleView, provider: OidcProvider | undefined): boolean {
  const born = Date.parse(cluster.cluster.created ?? '');
  return [role.role.created, provider?.created].some((time) => Date.parse(time ?? '') < born);
}
