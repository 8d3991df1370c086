import type { AccountView, Estate } from '../estate/estate.ts';
import type { Doubt } from '../findings/doubt.ts';
import type { Finding } from '../findings/finding.ts';
import { roleOfArn } from '../triggers/names.ts';

/**
 * What is open of an account and cannot be decided by this reading, since something that it hangs on was not read: the
 * account's own roles or providers, the cluster that it names, the accounts that a rule puts beside it. A rule that no
 * longer finds such a thing does not say that it is gone.
 */
export function unreached(open: readonly Finding[], estate: Estate): readonly Finding[] {
  return open.filter((finding) => !isReached(finding, estate));
}

/** What leaves findings open. */
export function doubtsAbout(findings: readonly Finding[]): readonly Doubt[] {
  return findings.map(({ rule, account, region, cluster, namespace, serviceAccount, role, principal }) => ({
    rule,
    where: {
      account,
      ...(region !== undefined && { region }),
      ...(cluster !== undefined && { cluster }),
      ...(namespace !== undefined && { namespace }),
      ...(serviceAccount !== undefined && { serviceAccount }),
      ...(role !== undefined && { role }),
      ...(principal !== undefined && { principal }),
    },
  }));
}

/** Whether a finding is one that is kept, seen without its cluster: the same fault of the same role. */
export function isKept(found: Finding, kept: readonly Finding[]): boolean {
  return (
    found.cluster === undefined &&
    kept.some(
      ({ rule, account, role, cluster, evidence }) =>
        rule === found.rule &&
        account === found.account &&
        role === found.role &&
        cluster !== undefined &&
        evidence['issuer'] === found.evidence['issuer'],
    )
  );
}

/** What podtrust cannot see is told by rules that say themselves when they do not know. */
function isReached(finding: Finding, estate: Estate): boolean {
  if (finding.kind === 'blind') return true;
  const account = estate.accounts.get(finding.account);
  if (account === undefined || account.missing('roles') !== null) return false;
  if (hangsOnProviders(finding) && !areProvidersRead(account)) return false;
  if (!isClusterReached(finding, estate)) return false;
  if (!accountsOfRoles([finding]).every((id) => areRolesReached(id, estate))) return false;
  return accountsBeside(finding).every((id) => areClustersRead(estate.accounts.get(id)));
}

/** A provider that was listed and not described has no audiences: the diagnosis goes another way without them. */
function areProvidersRead(account: AccountView): boolean {
  const { oidcProviders = [] } = account.account;
  return (
    account.missing('oidcProviders') === null &&
    oidcProviders.every(({ clientIds }) => clientIds !== undefined)
  );
}

const hangsOnProviders = ({ role, evidence }: Finding): boolean =>
  role !== undefined || evidence['issuer'] !== undefined;

/** True also for a cluster that is known to be gone: its account's list was read, and it is not there. */
function isClusterReached({ account, clusterAccount, region, cluster }: Finding, estate: Estate): boolean {
  if (cluster === undefined) return true;
  const owner = estate.accounts.get(clusterAccount ?? account);
  if (owner === undefined || region === undefined) return false;
  const found = owner.clusters.find((one) => one.region === region && one.cluster.name === cluster);
  return found === undefined ? isListed(owner, region, estate) : found.missing('issuer') === null;
}

/** Whether all clusters of a region are known, though other regions may not be. */
function isListed({ id, account: { regions } }: AccountView, region: string, { snapshot }: Estate): boolean {
  if (regions === undefined) return false;
  const failed = snapshot.coverage.some(
    (gap) =>
      gap.account === id &&
      (gap.read === 'account:ListRegions' || (gap.read === 'eks:ListClusters' && gap.region === region)),
  );
  const there = regions.find(({ name }) => name === region);
  return !failed && (there === undefined || there.clusters !== undefined);
}

/** Rules about what roles anywhere let in: without those roles they find nothing. */
const ABOUT_ROLES_ANYWHERE: ReadonlySet<string> = new Set(['use-role-annotation', 'no-undeclared-binding']);

/** Accounts of the roles on which open findings rest that are about roles of any account. */
export function accountsOfRoles(open: readonly Finding[]): readonly string[] {
  const arns = open
    .filter(({ rule, status }) => ABOUT_ROLES_ANYWHERE.has(rule) && status !== 'resolved')
    .flatMap(({ role, evidence: { roles } }) => [role, ...(Array.isArray(roles) ? roles : [])]);
  const accounts = arns.flatMap((arn) => (typeof arn === 'string' ? (roleOfArn(arn)?.account ?? []) : []));
  return [...new Set(accounts)].sort();
}

/** True also for an account that is known to be none of the organization any more. */
function areRolesReached(id: string, { accounts, snapshot: { organization, coverage } }: Estate): boolean {
  const account = accounts.get(id);
  if (account !== undefined) return account.missing('roles') === null;
  return (
    organization?.complete === true &&
    organization.accounts?.includes(id) === false &&
    !coverage.some((gap) => gap.account === id)
  );
}

/** Accounts without whose clusters these rules do not see what they found: their evidence names them. */
const ACCOUNTS_BESIDE: Readonly<Record<string, string>> = {
  'use-external-id': 'accounts',
  'no-cross-cluster-subject': 'clusterAccounts',
  'no-unused-trust': 'clusterAccounts',
};

function accountsBeside({ rule, evidence }: Finding): readonly string[] {
  const accounts = evidence[ACCOUNTS_BESIDE[rule] ?? ''];
  return Array.isArray(accounts) ? accounts : [];
}

function areClustersRead(account: AccountView | undefined): boolean {
  return (
    account !== undefined &&
    account.missing('regions') === null &&
    account.clusters.every(
      (cluster) => cluster.missing('issuer') === null && cluster.missing('podIdentityAssociations') === null,
    )
  );
}
