import type { RoleView } from '../estate/estate.ts';
import type { Admitted, Grant, KeySet } from '../iam/admitted-types.ts';
import type { AssumeAction } from '../iam/assume-actions.ts';
import type { Witness } from '../iam/comparison.ts';
import { decide } from '../iam/evaluate.ts';
import { type GrantFate, grantFate } from '../iam/grant-fate.ts';
import { EVERY_STRING, NO_STRING } from '../iam/languages/sets.ts';
import type { PrincipalElement } from '../iam/policy.ts';
import { compilePrincipal } from '../iam/principal.ts';
import type { Caller } from '../iam/request.ts';
import { podIdentityRequests } from '../iam/requests.ts';
import type { Verdict } from '../identity/chain.ts';
import { POD_IDENTITY_SERVICE } from '../identity/service-account.ts';

/** A verdict, and why, as a sentence; no words where the way simply works. */
export interface Judged {
  readonly verdict: Verdict;
  readonly words: string;
  /** A call that gets through, where one was found. */
  readonly example?: Witness;
}

/** Whether some call of one action gets through a grant and past every Deny statement, if the principal were `principal`. */
export function judgeCalls(
  sets: Admitted,
  grant: Grant,
  call: { principal: PrincipalElement; action: AssumeAction; asking?: readonly KeySet[] },
): Judged {
  if (!grant.actions.includes(call.action)) {
    return {
      verdict: 'broken',
      words: `They come in by ${call.action}, which the statement does not allow.`,
    };
  }
  const keys = [...grant.keys, ...(call.asking ?? [])];
  const narrowed: Grant = { ...grant, principal: call.principal, actions: [call.action], keys: merged(keys) };
  return judged(grantFate({ ...sets, grants: [narrowed] }, 0));
}

/** Only IAM principals carry an ARN: with this question a grant is asked about them alone. */
export const IAM_PRINCIPALS: readonly KeySet[] = [
  { key: 'aws:principalarn', all: [EVERY_STRING], absent: false },
];

/** Only the calls of AWS services name a service. */
export const AWS_SERVICES: readonly KeySet[] = [
  { key: 'aws:principalservicename', all: [EVERY_STRING], absent: false },
];

const PODS: Caller = { kind: 'service', service: POD_IDENTITY_SERVICE };

/** True when the statement names the caller, or may. */
function names(grant: Grant, caller: Caller): boolean {
  return compilePrincipal(grant.principal)(caller) !== 'no';
}

/**
 * True for a statement that only adds to what another one lets the caller do: it has no part in the way but tags, a
 * source identity or a context.
 */
export function onlyAdds(sets: Admitted, grant: Grant, caller: Caller, action: AssumeAction): boolean {
  return (
    !grant.actions.includes(action) &&
    sets.grants.some((other) => other.actions.includes(action) && names(other, caller))
  );
}

/**
 * Whether EKS can assume the role for some ServiceAccount of some cluster in the role's account: by both calls with the
 * same session tags, or by `sts:AssumeRole` alone for an association without session tags.
 */
export function judgePods(sets: Admitted, grant: Grant, role: RoleView): Judged {
  const { account } = role;
  const principal = only({ kind: 'Service', value: POD_IDENTITY_SERVICE, pointer: '' });
  const home = `arn:${account.partition}:eks:*:${account.id}:cluster/*`;
  const inAccount: KeySet = {
    key: 'aws:sourcearn',
    all: [{ include: [{ text: home, literal: false, ignoreCase: false }], exclude: [] }],
    absent: false,
  };
  const tag = 'aws:requesttag/kubernetes-namespace';
  const untagged = judgeCalls(sets, grant, {
    principal,
    action: 'sts:AssumeRole',
    asking: [inAccount, { key: tag, all: [NO_STRING], absent: true }],
  });
  if (!grant.actions.includes('sts:AssumeRole')) return untagged;
  const both = sets.grants
    .filter((tagging) => tagging.actions.includes('sts:TagSession') && names(tagging, PODS))
    .map((tagging) =>
      judgeCalls(bothDenied(sets), inBoth(grant, tagging), {
        principal,
        action: 'sts:AssumeRole',
        asking: [inAccount, { key: tag, all: [EVERY_STRING], absent: false }],
      }),
    );
  const tagged = best(both.map((answer) => asEks(answer, role)));
  const bare = asEks(untagged, role);
  if (tagged.verdict !== 'broken' || bare.verdict !== 'works') return best([tagged, bare]);
  return { verdict: 'works', words: 'Only associations without session tags work.' };
}

/** What gets through with values that suit it is decided again with the calls of EKS, which leave some values open. */
function asEks(answer: Judged, role: RoleView): Judged {
  const { compiled } = role.trust();
  if (answer.example === undefined || compiled === null) return answer;
  const { context } = answer.example;
  const namespace = context['aws:requesttag/kubernetes-namespace'];
  const { assume, tagSession } = podIdentityRequests({
    clusterArn: context['aws:sourcearn'] ?? '',
    account: role.account.id,
    namespace: namespace ?? 'default',
    serviceAccount: context['aws:requesttag/kubernetes-service-account'] ?? 'default',
    tags: namespace !== undefined,
    roleArn: role.role.arn,
    at: role.account.takenAt,
  });
  const outcomes = [assume, ...(tagSession === null ? [] : [tagSession])].map((call) =>
    decide(compiled, call),
  );
  return outcomes.every((outcome) => outcome === 'allowed')
    ? answer
    : { verdict: 'unknown', words: 'The calls of EKS decide more than who it is for.' };
}

/** A Deny of either call keeps a pod with session tags out. */
function bothDenied(sets: Admitted): Admitted {
  const exceptions = sets.exceptions
    .filter(({ actions }) => actions.includes('sts:AssumeRole') || actions.includes('sts:TagSession'))
    .map((box): Grant => ({ ...box, actions: ['sts:AssumeRole'] }));
  return { ...sets, exceptions };
}

/** What two statements ask, of which one allows the one call and one the other. */
function inBoth(grant: Grant, tagging: Grant): Grant {
  if (tagging === grant) return grant;
  return {
    ...grant,
    keys: merged([...grant.keys, ...tagging.keys]),
    undecided: [...grant.undecided, ...tagging.undecided],
  };
}

function merged(keys: readonly KeySet[]): KeySet[] {
  const byKey = new Map<string, KeySet>();
  for (const { key, all, absent } of keys) {
    const known = byKey.get(key);
    byKey.set(key, { key, all: [...(known?.all ?? []), ...all], absent: absent && (known?.absent ?? true) });
  }
  return [...byKey.values()];
}

function judged(fate: GrantFate): Judged {
  switch (fate.fate) {
    case 'admits':
      if (!fate.example.lifelike)
        return { verdict: 'broken', words: 'The conditions ask for values that no real caller has.' };
      return fate.example.assuming.length === 0
        ? { verdict: 'works', words: '', example: fate.example }
        : { verdict: 'unknown', words: `It hangs on ${fate.example.assuming.join('; ')}.` };
    case 'no-caller':
      return { verdict: 'broken', words: 'They cannot make the call that the statement allows.' };
    case 'contradictory':
      return { verdict: 'broken', words: 'No call of theirs can meet the conditions of the statement.' };
    case 'denied':
      return { verdict: 'broken', words: 'Deny statements of the trust policy keep all of them out.' };
    case 'unknown':
      return { verdict: 'unknown', words: `Not decided: ${fate.reason}.` };
  }
}

/** The first that works, or else that is not known, or else the first. */
export function best(answers: readonly Judged[]): Judged {
  return (
    answers.find(({ verdict }) => verdict === 'works') ??
    answers.find(({ verdict }) => verdict === 'unknown') ??
    answers[0] ?? { verdict: 'broken', words: 'The trust policy lets none of them in.' }
  );
}

/** A principal element with one entry. */
export function only(entry: PrincipalElement['entries'][number]): PrincipalElement {
  return { negated: false, pointer: entry.pointer, everyone: false, entries: [entry] };
}
