import { parseProviderArn, issuerKey as toIssuerKey } from '../identity/issuer.ts';
import { ASKED_IN_VAIN, AskedMap, type Rest } from './asked.ts';
import { type CoverageIndex, indexCoverage } from './coverage-index.ts';
import type { AccountView, AssociationView, ClusterView, Estate, Missing, RoleView } from './estate.ts';
import { buildKubernetes } from './kubernetes-view.ts';
import { ACCOUNT_READS, CLUSTER_READS, SELF_EVIDENT } from './reads.ts';
import { buildRole, type Documents, policyDocuments } from './role-view.ts';
import type { Account, Cluster, OidcProvider, Snapshot } from './snapshot.ts';

/**
 * Joins a snapshot: indexes by issuer, name and ARN, built once, in time that grows with what is in the snapshot.
 * Policies are parsed when first asked for and kept. Takes any snapshot that the schema accepts and never throws. `rest`: the
 * snapshot holds a part of an organization, and its coverage what failed in that part and outside of all accounts.
 */
export function buildEstate(snapshot: Snapshot, rest?: Rest): Estate {
  const coverage = indexCoverage(snapshot.coverage, SELF_EVIDENT);
  const own = policyDocuments(snapshot);
  const documents: Documents = rest === undefined ? own : (arn) => rest.documents(arn) ?? own(arn);
  const accounts = new Map(
    snapshot.accounts.map((account) => [account.id, buildAccount(account, snapshot, coverage, documents)]),
  );
  const views = [...accounts.values()];
  const clusters = views.flatMap((view) => view.clusters);
  const roles = views.flatMap((view) => view.roles);
  const estate: Estate = {
    snapshot,
    accounts,
    clusters,
    roles,
    clustersByIssuer: groupBy(clusters, (view) => [view.issuerKey]),
    clustersByName: groupBy(clusters, (view) => [view.cluster.name]),
    roleByArn: new Map(roles.map((view) => [view.role.arn, view])),
    associationsByRole: groupBy(clusters.flatMap(associationsOf), ({ association }) => [
      ...new Set([association.roleArn, association.targetRoleArn]),
    ]),
    seesEveryCluster: once(() => seesEveryCluster(snapshot, views, coverage)),
    policyDocument: documents,
    asked: ASKED_IN_VAIN,
  };
  return rest === undefined ? estate : withRest(estate, rest);
}

/** The estate as a part: what it lacks is heard of. */
function withRest(estate: Estate, { asked, seesEveryCluster: sees }: Rest): Estate {
  return {
    ...estate,
    accounts: new AskedMap(estate.accounts, asked.account, false),
    roleByArn: new AskedMap(estate.roleByArn, asked.role, false),
    clustersByIssuer: new AskedMap(estate.clustersByIssuer, asked.issuer, true),
    associationsByRole: new AskedMap(estate.associationsByRole, asked.podsOf, true),
    seesEveryCluster: () => sees,
    asked,
  };
}

function buildAccount(
  account: Account,
  { takenAt, organization }: Snapshot,
  coverage: CoverageIndex,
  documents: Documents,
): AccountView {
  const roles: RoleView[] = [];
  const clusters: ClusterView[] = [];
  const providers = account.oidcProviders ?? [];
  const view: AccountView = {
    account,
    id: account.id,
    partition: account.partition,
    takenAt,
    ...(organization?.id !== undefined &&
      organization.controlPolicies?.paths[account.id] !== undefined && { organization: organization.id }),
    roles,
    clusters,
    providersByArn: new Map(providers.map((provider) => [provider.arn, provider])),
    providersByIssuer: new Map(providers.flatMap(issuersOf)),
    missing: (list) => {
      const reads = ACCOUNT_READS[list];
      const failed = coverage.failedWithin(reads, account.id);
      return account[list] === undefined ? (failed ?? absent(reads, coverage, account.id)) : failed;
    },
  };
  for (const role of account.roles ?? []) roles.push(buildRole(role, view, documents));
  for (const region of account.regions ?? []) {
    for (const cluster of region.clusters ?? [])
      clusters.push(buildCluster(cluster, region.name, view, coverage));
  }
  return view;
}

/** A provider is found by the issuer that its ARN carries, and by its URL where that was read. */
function issuersOf(provider: OidcProvider): [string, OidcProvider][] {
  const fromArn = parseProviderArn(provider.arn)?.issuer.key;
  const fromUrl = provider.url === undefined ? undefined : toIssuerKey(provider.url);
  return [...new Set([fromUrl, fromArn])].flatMap((issuer) =>
    issuer === undefined ? [] : [[issuer, provider]],
  );
}

function buildCluster(
  cluster: Cluster,
  region: string,
  account: AccountView,
  coverage: CoverageIndex,
): ClusterView {
  const scope = { account: account.id, region, cluster: cluster.name };
  return {
    cluster,
    account,
    region,
    issuerKey: cluster.issuer === undefined ? null : toIssuerKey(cluster.issuer),
    missing: (list) => {
      const reads = CLUSTER_READS[list];
      if (list === 'issuer' && !issuerMissing(cluster)) return null;
      const failed = coverage.failed(reads, scope);
      return list === 'issuer' || cluster[list] === undefined
        ? (failed ?? absent(reads, coverage, account.id))
        : failed;
    },
    kubernetes: buildKubernetes(cluster, scope, coverage),
  };
}

/** A described cluster has no issuer while it is being created: that is an answer. Without a status nothing was read. */
const issuerMissing = (cluster: Cluster): boolean =>
  cluster.issuer === undefined && cluster.status === undefined;

/** Why a list is absent when its own reads say nothing: what kept podtrust out of the account, else just that it is. */
function absent([read]: readonly [string, ...string[]], coverage: CoverageIndex, account: string): Missing {
  return (
    coverage.failed(['sts:AssumeRole', 'sts:GetCallerIdentity'], { account }) ?? {
      read,
      reason: 'not in the snapshot',
    }
  );
}

function seesEveryCluster(
  snapshot: Snapshot,
  accounts: readonly AccountView[],
  coverage: CoverageIndex,
): boolean {
  if (snapshot.organization?.complete !== true || coverage.failedService('organizations')) return false;
  const known = new Set(accounts.map(({ id }) => id));
  if (snapshot.coverage.some(({ account }) => account !== undefined && !known.has(account))) return false;
  return accounts.every(
    (view) =>
      view.missing('regions') === null &&
      (view.account.regions ?? []).every(
        (region) =>
          region.clusters !== undefined &&
          coverage.failed(['eks:ListClusters'], { account: view.id, region: region.name }) === null,
      ) &&
      view.clusters.every((cluster) => cluster.missing('issuer') === null),
  );
}

const associationsOf = (cluster: ClusterView): AssociationView[] =>
  (cluster.cluster.podIdentityAssociations ?? []).map((association) => ({ association, cluster }));

function groupBy<T>(
  items: readonly T[],
  keysOf: (item: T) => readonly (string | null | undefined)[],
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      if (key === null || key === undefined) continue;
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}

function once<T>(compute: () => T): () => T {
  let value: { readonly is: T } | undefined;
  return () => {
    value ??= { is: compute() };
    return value.is;
  };
}
