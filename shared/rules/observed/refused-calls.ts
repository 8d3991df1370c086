import type { AccountView, Estate, RoleView } from '../../estate/estate.ts';
import type { AccessDenied, RefusedCall } from '../../estate/snapshot.ts';
import type { Request } from '../../iam/request.ts';
import { rolePermits } from '../../identity/role-permits.ts';
import { roleStanding } from '../../identity/role-standing.ts';
import { podDoor } from '../doors/pod-door.ts';
import type { Scope } from '../scope.ts';
import { type Facts, fail, pass, unknown, type Verdict } from '../verdict.ts';
import { actionOfCall, mayBeGrantedByResource } from './call-action.ts';
import { type Provenance, provenanceOf, readOf, toldBy } from './provenance.ts';
import { isQuiet, isRelevant, persistenceOf } from './recency.ts';

/** A call that pods were refused, as a subject of a rule. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly account: AccountView;
  readonly call: RefusedCall;
  readonly by: Provenance;
}

/** What was seen of an account as a whole. */
export interface RefusalSource {
  readonly kind: 'source';
  readonly account: AccountView;
  readonly by: AccessDenied;
}

/** Kinds of policy that are read: what AWS refused because of one of them is refused as long as it stays as it is. */
const READ: ReadonlySet<RefusedCall['policy']> = new Set(['identity-based', 'permissions-boundary']);

/** The refusals of the last day, of roles that the scope looks at. */
export function* refusalsOf({ accounts, roles, focused, estate }: Scope): Generator<Refusal | RefusalSource> {
  const names = new Set(roles.map(({ role }) => role.arn));
  for (const account of accounts) {
    const { accessDenied } = account.account.observed ?? {};
    if (accessDenied === undefined) continue;
    if (!focused) yield { kind: 'source', account, by: accessDenied };
    for (const call of newestOf(accessDenied.calls)) {
      if (!isRelevant(call.last, estate.snapshot.takenAt)) continue;
      if ((focused && !names.has(call.role)) || isOfOthers(call, estate)) continue;
      yield { kind: 'refusal', account, call, by: accessDenied };
    }
  }
}

/** One for each role, call and action: AWS does not name the action every time. */
function newestOf(calls: readonly RefusedCall[]): readonly RefusedCall[] {
  const newest = new Map<string, RefusedCall>();
  for (const call of calls) {
    const key = JSON.stringify([call.role, call.service, call.call, actionOf(call)]);
    const known = newest.get(key);
    if (known === undefined || Date.parse(known.last) < Date.parse(call.last)) newest.set(key, call);
  }
  return [...newest.values()];
}

const actionOf = ({ action, service, call }: RefusedCall): string | undefined =>
  action ?? actionOfCall(service, call);

/** Whoever may assume a role can name the session as EKS does: a role that is not for pods has no pods. */
function isOfOthers({ via, role: arn }: RefusedCall, estate: Estate): boolean {
  const role = estate.roleByArn.get(arn);
  if (via !== 'pod-identity' || role === undefined) return false;
  return podDoor(role) === null && !estate.associationsByRole.has(arn);
}

/** A source that leaves something out never says that nothing was refused. */
export function checkSource({ by }: RefusalSource): Verdict<Facts> {
  if (by.complete) return pass;
  const what = `what pods were refused is known in part only, from ${toldBy(by)}`;
  return unknown({ read: readOf(by), reason: by.gap === undefined ? what : `${what}: ${by.gap}` });
}

/**
 * Asks the role's policies as they are now about a call that was refused. The resource is not kept: where it decides, AWS's own
 * word for the kind of policy does, as long as nothing was changed since.
 */
export function checkRefusal({ call, by }: Refusal, estate: Estate): Verdict<Facts> {
  const standing = roleStanding(call.role, estate);
  if (standing.kind === 'unread') return unknown(standing.missing);
  // Nobody has the role any more.
  if (standing.kind === 'absent') return pass;
  const { role } = standing;
  const { takenAt } = estate.snapshot;
  const persistence = persistenceOf(call, takenAt, [role.role.created]);
  const action = actionOf(call);
  if (action === undefined)
    return persistence === 'over'
      ? pass
      : open(call, by, 'which IAM action the call asks for is not known, so the policies cannot be asked');
  const permission = rolePermits(role, requestOf(role, action), estate);
  if (permission.kind === 'unknown' && permission.unread)
    return unknown({ read: 'iam:GetPolicyVersion', reason: permission.reason });
  const facts = factsOf(call, by, action);
  if (permission.kind === 'refused') {
    const isSure = permission.explicit || !mayBeGrantedByResource(action) || !isQuiet(call.last, takenAt);
    if (isSure) return fail({ ...facts, reason: permission.reason });
    return open(
      call,
      by,
      `${permission.reason}, but the policy of a resource may allow it by now: podtrust does not read those, and nobody was refused for an hour`,
    );
  }
  if (persistence === 'over') return pass;
  const depends = permission.kind === 'unknown';
  if (depends && persistence === 'goes-on' && READ.has(call.policy))
    return fail({ ...facts, reason: `${inWords(call)}, and none of its policies was changed since` });
  const allows = depends
    ? 'its policies allow the action for some resources or requests'
    : 'its policies allow the action';
  return open(call, by, `${allows}. ${call.policy === undefined ? UNSEEN : `AWS said: ${inWords(call)}`}`);
}

const UNSEEN =
  'What podtrust does not see may have refused it: a service or resource control policy of the organization, the policy of the resource or of a VPC endpoint, a session policy';

function open(call: RefusedCall, by: Provenance, why: string): Verdict<Facts> {
  const name = call.action ?? `${call.call} of ${call.service}`;
  return unknown({
    read: readOf(by),
    reason: `${name} was refused, last on ${call.last} (${toldBy(by)}); ${why}`,
  });
}

/** The resource stays open: only what holds for every one is decided. */
function requestOf(role: RoleView, action: string): Request {
  const caller = { kind: 'aws', arn: role.role.arn, account: role.account.id } as const;
  return { caller, action, context: () => 'unknown' };
}

function factsOf(call: RefusedCall, by: Provenance, action: string) {
  return {
    action,
    call: call.call,
    service: call.service,
    via: call.via,
    region: call.region,
    first: call.first,
    last: call.last,
    count: call.count,
    code: call.code,
    eventId: call.eventId,
    policy: call.policy,
    explicitDeny: call.explicitDeny,
    ...provenanceOf(by),
  };
}

const WORDS: Readonly<Record<NonNullable<RefusedCall['policy']>, string>> = {
  'identity-based': 'identity-based policy',
  'permissions-boundary': 'permissions boundary',
  session: 'session policy',
  'service-control': 'service control policy',
  'resource-control': 'resource control policy',
  'resource-based': 'policy of the resource',
  'role-trust': 'trust policy',
  'vpc-endpoint': 'VPC endpoint policy',
};

/** What AWS said of the policies. */
function inWords({ policy, explicitDeny }: RefusedCall): string {
  if (policy === undefined) return 'nothing of the policies';
  return explicitDeny === true ? `a Deny of a ${WORDS[policy]}` : `no ${WORDS[policy]} allows it`;
}
