import type { ClusterView } from '../../estate/estate.ts';
import { describeProblem } from '../../kubernetes/aws-auth/describe-problem.ts';
import type { AwsAuthProblem } from '../../kubernetes/aws-auth/problem.ts';
import type { Step } from '../chain.ts';
import { fail, leftOut, pass, unknown, unread } from '../checks.ts';
import { awsAuthOf } from './aws-auth.ts';
import { bindingName, danglingBindings, isBuiltInGroup, isMisnamedNode } from './bound.ts';
import { type AccessGrade, AUTO_NODE_POLICY } from './policies.ts';
import { isBare, lacksAutoNodePolicy } from './powerless.ts';
import { canonicalArn, type Principal } from './principal.ts';
import { rightsOf } from './rights.ts';
import { filledUsername } from './username.ts';
import type { Way } from './ways.ts';

const WORDS: Readonly<Record<Exclude<AccessGrade, 'unknown'>, string>> = {
  'cluster-admin': 'administers the whole cluster',
  admin: 'administers namespaces',
  write: 'changes workloads and reads Secrets',
  secrets: 'reads Secrets',
  view: 'looks at everything but Secrets',
  other: 'has roles of its own',
  node: 'has the rights of a node',
  none: 'may do nothing',
};

/** May it do anything at all? Without a right the API server answers 403 Forbidden to a caller whom it knows. */
export function authorizationStep(principal: Principal, way: Way | null, cluster: ClusterView): Step {
  const check = 'authorization';
  if (way === null) return leftOut(check, 'Nothing to decide before somebody is signed in.');
  const username = way.username === null ? null : filledUsername(way.username, principal);
  const { atLeast, from, missing } = rightsOf({ ...way, username }, cluster);
  if (way.type === 'EC2' && way.policies === null)
    return unknown(check, 'Not known: eks:ListAssociatedAccessPolicies is missing.', 'aws');
  if (lacksAutoNodePolicy(way))
    return fail(
      check,
      `The entry is for nodes of Auto Mode and has no ${AUTO_NODE_POLICY}: what runs in such a node is told "Forbidden", and the node does not become ready.`,
      'no-powerless-access-entry',
    );
  const through = from.length === 0 ? '' : ` (${from.slice(0, 5).join('; ')})`;
  if (atLeast !== 'none') return pass(check, `It ${WORDS[atLeast]}${through}.`);
  if (missing !== null && isBare(way)) {
    return fail(
      check,
      'The entry gives it no group and no access policy, and its username is the one that EKS makes up: 403 Forbidden, unless a binding names that username.',
      'no-powerless-access-entry',
    );
  }
  if (missing !== null)
    return unknown(check, unread(missing), missing.read.startsWith('eks:') ? 'aws' : 'kubernetes');
  const groups = way.groups ?? [];
  const dangling = danglingBindings(cluster, username, groups);
  const misnamed = misnamedUser(principal, username, cluster);
  const own = groups.filter((group) => !isBuiltInGroup(group));
  if (own.length > 0) {
    return fail(
      check,
      dangling.length > 0
        ? `${dangling.slice(0, 5).join('; ')}: a binding to a role that does not exist gives nothing, and no other names ${own.join(', ')} or its username: 403 Forbidden to whatever it asks.`
        : `No binding of the cluster names ${own.join(', ')} or its username: 403 Forbidden to whatever it asks.${misnamed}`,
      'no-unbound-group',
    );
  }
  if (isMisnamedNode(groups, way.username))
    return fail(
      check,
      `It is in system:nodes as "${way.username}": nodes are called system:node: and their name, and the group by itself has no rights. It cannot join.`,
      'no-missing-node-mapping',
    );
  const unbound =
    dangling.length > 0
      ? `${dangling.slice(0, 5).join('; ')}: a binding to a role that does not exist gives nothing`
      : 'no binding names its username';
  const why = `It is in no group, has no access policy, and ${unbound}: 403 Forbidden to whatever it asks.${misnamed}`;
  if (way.surface === 'access-entry') return fail(check, why, 'no-powerless-access-entry');
  const slip = groupSlip(way, cluster);
  return slip === null
    ? fail(check, why)
    : fail(
        check,
        `${why} The row was written with groups that do not count: ${slip}.`,
        'no-invalid-aws-auth',
      );
}

/** Bindings that name a user after the ARN of the principal, which is no session's username; one sentence, or nothing. */
function misnamedUser(principal: Principal, username: string | null, { kubernetes }: ClusterView): string {
  const names = new Set([principal.arn.toLowerCase(), canonicalArn(principal).toLowerCase()]);
  const binding = (kubernetes.data.bindings ?? []).find(({ subjects }) =>
    subjects.some(({ kind, name }) => kind === 'User' && name !== username && names.has(name.toLowerCase())),
  );
  if (binding === undefined || username === null) return '';
  return ` ${bindingName(binding)} names the user ${canonicalArn(principal)}, and its username is ${username}: bind a group instead, which the mapping gives to all its sessions.`;
}

/** What of a row of aws-auth keeps its groups from counting; null where nothing does, and for other ways in. */
function groupSlip({ row }: Way, cluster: ClusterView): string | null {
  if (row === undefined) return null;
  const slip = awsAuthOf(cluster).problems.find(
    (problem) =>
      problem.section === row.section &&
      problem.row === row.index &&
      GROUP_SLIPS.has(problem.kind) &&
      (!('key' in problem) || /group/i.test(problem.key)),
  );
  return slip === undefined ? null : describeProblem(slip);
}

const GROUP_SLIPS: ReadonlySet<AwsAuthProblem['kind']> = new Set([
  'wrong-type',
  'wrong-group',
  'joined-groups',
  'unknown-key',
  'repeated-key',
]);
