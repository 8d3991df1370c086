import type { ClusterView, Estate, RoleView } from '../estate/estate.ts';
import type { CoverageGap, Snapshot } from '../estate/snapshot.ts';
import type { Evidence, Where } from '../findings/finding.ts';
import { providerArnFor } from '../identity/issuer.ts';
import { roleOfArn } from '../triggers/names.ts';
import { WHOLE_ACCOUNT } from './join-snapshots.ts';
import type { ClusterScope, RoleScope, Scope } from './scope.ts';

/** Why nothing can be said of a scope, or null: without this, a scope that was not read would look sound. */
export function blindness(snapshot: Snapshot, scope: Scope): string | null {
  const account = snapshot.accounts.find(({ id }) => id === scope.account);
  const inAccount = snapshot.coverage.filter((gap) => (gap.account ?? scope.account) === scope.account);
  const whole = inAccount.find(({ read }) => read === WHOLE_ACCOUNT);
  if (whole !== undefined) return whole.reason;
  if (scope.kind === 'cluster') return clusterBlindness(account?.regions, inAccount, scope);
  if (scope.kind === 'role' && findRole(account?.roles ?? [], scope) !== undefined) return null;
  const gap = inAccount.find(({ read }) => ROLE_READS.test(read));
  if (gap !== undefined) return because(gap);
  return account?.roles === undefined ? 'the roles of the account were not read' : null;
}

/** The reads that a list of roles can come from. */
const ROLE_READS = /^(?:iam:(?:GetAccountAuthorizationDetails|ListRoles|GetRole)|sts:AssumeRole)$/;

/** The reads that a cluster can come from. */
const CLUSTER_READS = /^(?:account:ListRegions|eks:(?:ListClusters|DescribeCluster)|sts:AssumeRole)$/;

type Regions = Snapshot['accounts'][number]['regions'];

function clusterBlindness(
  regions: Regions,
  gaps: readonly CoverageGap[],
  { region, cluster }: ClusterScope,
): string | null {
  const read = regions?.find(({ name }) => name === region)?.clusters;
  const found = read?.find(({ name }) => name === cluster);
  const gap = gaps.find(
    (each) =>
      CLUSTER_READS.test(each.read) &&
      (each.region ?? region) === region &&
      (each.cluster ?? cluster) === cluster,
  );
  if (found !== undefined && (gap === undefined || found.status !== undefined)) return null;
  if (gap !== undefined) return because(gap);
  return read === undefined ? `the clusters of ${region} were not read` : null;
}

function because({ read, reason }: CoverageGap): string {
  return `${read}: ${reason}`;
}

/** The role of a scope in a list: names are unique without regard to case. */
export function findRole<Role extends { readonly arn: string }>(
  roles: readonly Role[],
  { role }: RoleScope,
): Role | undefined {
  const name = role.toLowerCase();
  return roles.find(({ arn }) => arn.slice(arn.lastIndexOf('/') + 1).toLowerCase() === name);
}

/** What is asked of a failure or an open question: where it is, and for one about several roles which they are. */
interface Subject {
  readonly where: Where;
  readonly evidence?: Evidence;
  /** The rule is undecided for the whole account, since its subjects were not read. */
  readonly whole?: boolean;
}

/** Tells the findings and open questions of a scope from those of the rest of the estate. */
export function belongsTo(scope: Scope, estate: Estate): (subject: Subject) => boolean {
  const { roles = [], partition = 'aws' } = estate.accounts.get(scope.account) ?? {};
  switch (scope.kind) {
    case 'role': {
      const wanted = `${scope.account}/${scope.role.toLowerCase()}`;
      return (subject) => concerns(subject, (arn) => accountAndName(arn) === wanted);
    }
    case 'cluster':
      return ({ where, whole }) =>
        inCluster(where, scope) || (whole === true && where.account === scope.account);
    case 'policy': {
      const touched = chosen(roles, ({ role: { attachedPolicies = [], permissionsBoundary } }) =>
        [...attachedPolicies, permissionsBoundary].includes(scope.policy),
      );
      return (subject) => concerns(subject, (arn) => touched.has(arn));
    }
    case 'issuer': {
      const name = scope.issuer.toLowerCase();
      const touched = chosen(roles, ({ role }) => role.trustPolicy.toLowerCase().includes(name));
      const provider = providerArnFor(partition, scope.account, scope.issuer);
      const clusters = (estate.clustersByIssuer.get(scope.issuer) ?? []).map(placeOf);
      return (subject) =>
        concerns(subject, (arn) => touched.has(arn)) ||
        subject.where.principal === provider ||
        (subject.where.role === undefined && clusters.some((place) => inCluster(subject.where, place)));
    }
    case 'account':
      return ({ where }) => where.account === scope.account;
  }
}

/** A finding about one role is at it; one about several lists them, the longest lists not to their end. */
function concerns({ where, evidence }: Subject, touched: (arn: string) => boolean): boolean {
  if (where.role !== undefined) return touched(where.role);
  // A provider's finding lists its roles, but it is not about them.
  if (where.principal !== undefined) return false;
  const listed = evidence?.['roles'];
  return Array.isArray(listed) && listed.some((arn) => touched(arn));
}

/** `111122223333/payments-api` of a role's ARN: what is left of a deleted role, and all that IAM's events name. */
function accountAndName(arn: string): string | null {
  const role = roleOfArn(arn);
  return role === undefined ? null : `${role.account}/${role.roleName.toLowerCase()}`;
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
}

/** Names of clusters are used once in an account and region; a finding about a role has the account of the role. */
function inCluster(where: Where, { account, region, cluster }: Place): boolean {
  return (
    where.cluster === cluster &&
    where.region === region &&
    (where.account === account || where.role !== undefined)
  );
}

function placeOf({ account, region, cluster }: ClusterView): Place {
  return { account: account.id, region, cluster: cluster.name };
}

function chosen(roles: readonly RoleView[], touched: (role: RoleView) => boolean): ReadonlySet<string> {
  return new Set(roles.filter(touched).map(({ role }) => role.arn));
}
