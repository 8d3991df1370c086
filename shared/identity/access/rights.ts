import type { ClusterView, Missing } from '../../estate/estate.ts';
import { boundTo, type Grant, isBuiltInGroup, isMisnamedNode, MASTERS, NODE_GROUPS } from './bound.ts';
import {
  ACCESS_GRADES,
  type AccessGrade,
  grantText,
  isClusterWide,
  type PolicyGrant,
  policyGrade,
} from './policies.ts';
import type { Principal } from './principal.ts';
import { isAutomaticUsername } from './username.ts';

/** What somebody who got in may do. */
export interface Rights {
  /** The most that is certain; `unknown` when something that was not read, or is not known, may give more. */
  readonly grade: AccessGrade;
  /** The most that is certain, whatever else there may be; never `unknown`. */
  readonly atLeast: Exclude<AccessGrade, 'unknown'>;
  /** True when what is certain reaches every namespace. */
  readonly clusterWide: boolean;
  /** Where the rights come from, in words. */
  readonly from: readonly string[];
  /** Why it may be more. */
  readonly missing: Missing | null;
}

/** Who the API server takes somebody for; null where it was not read. */
export interface Signed {
  readonly who: Principal | null;
  readonly username: string | null;
  readonly groups: readonly string[] | null;
  readonly policies: readonly PolicyGrant[] | null;
}

interface Known extends Grant {
  /** The read that would tell what an unknown grant gives. */
  readonly read: string;
}

const NOT_DESCRIBED: Missing = { read: 'eks:DescribeAccessEntry', reason: 'the entry was not described' };
const POLICIES_NOT_READ: Missing = {
  read: 'eks:ListAssociatedAccessPolicies',
  reason: 'the access policies of the entry were not read',
};

/**
 * Rights by access policies, by groups that need no binding, and by bindings. Without the bindings nothing is ever said
 * to be without rights, and whoever has groups, or a username of their own, may have more than is known.
 */
export function rightsOf(signed: Signed, cluster: ClusterView): Rights {
  const groups = signed.groups ?? [];
  const bound = boundTo(cluster, signed.username, groups);
  const known: Known[] = [
    ...(signed.policies ?? []).map((grant) => ({
      grade: policyGrade(grant),
      clusterWide: isClusterWide(grant),
      text: grantText(grant),
      read: 'eks:ListAccessPolicies',
    })),
    ...[...builtIn(groups, signed.username), ...bound.grants].map((grant) => ({
      ...grant,
      read: 'kubernetes:clusterroles',
    })),
  ];
  const certain = known.filter(({ grade }) => grade !== 'unknown');
  const best = certain.reduce<Known | null>(
    (most, one) => (most === null || isMore(one, most) ? one : most),
    null,
  );
  const atLeast = best === null || best.grade === 'unknown' ? 'none' : best.grade;
  const missing = atLeast === 'cluster-admin' ? null : whatMayGiveMore(signed, known, bound.missing, atLeast);
  return {
    grade: missing === null ? atLeast : 'unknown',
    atLeast,
    clusterWide: best?.clusterWide === true,
    from: known.map(({ text }) => text),
    missing,
  };
}

function whatMayGiveMore(
  { who, username, groups, policies }: Signed,
  known: readonly Known[],
  bindings: Missing | null,
  atLeast: AccessGrade,
): Missing | null {
  if (groups === null) return NOT_DESCRIBED;
  if (policies === null) return POLICIES_NOT_READ;
  const odd = known.find(({ grade }) => grade === 'unknown');
  if (odd !== undefined) return { read: odd.read, reason: `what ${odd.text} allows is not known` };
  if (bindings === null || atLeast === 'node') return null;
  const own = username === null || !isAutomaticUsername(username, who);
  const named = groups.some((group) => !isBuiltInGroup(group)) || own;
  return named || atLeast === 'none' ? bindings : null;
}

function builtIn(groups: readonly string[], username: string | null): Grant[] {
  if (groups.includes(MASTERS)) {
    return [{ grade: 'cluster-admin', clusterWide: true, text: `group ${MASTERS}` }];
  }
  const node = groups.find((group) => NODE_GROUPS.has(group));
  return node === undefined || isMisnamedNode(groups, username)
    ? []
    : [{ grade: 'node', clusterWide: false, text: `group ${node}` }];
}

/** Of two grants the one that gives more: by grade, then by reach. */
function isMore(one: Known, other: Known): boolean {
  const [a, b] = [ACCESS_GRADES.indexOf(one.grade), ACCESS_GRADES.indexOf(other.grade)];
  return a === b ? one.clusterWide && !other.clusterWide : a < b;
}
