import { parseSnapshot } from '../estate/parse-snapshot.ts';
import type { TrustEffect } from '../findings/trust-effect.ts';
import { compare, type Witness } from '../iam/compare.ts';
import { parsePolicy } from '../iam/parse.ts';
import type { Claims } from './claims.ts';
import { LostClaimError } from './errors.ts';
import type { History } from './history.ts';
import { blindness, findRole } from './judge-scope.ts';
import type { RoleScope } from './scope.ts';

/** A role's trust policy at some time; `absent`: the role did not exist; `unknown`: nobody can say. */
export type TrustState =
  | { readonly kind: 'known'; readonly document: string; readonly readAt: string }
  | { readonly kind: 'absent'; readonly readAt: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * A reading takes minutes, and may show what happened after it began: one that began this shortly before a change is
 * not taken for the state before it.
 */
const READING_TAKES = 5 * 60_000;

const LONGEST = 900;

/** The trust policy of a role in the newest kept snapshot that cannot show a change made at `time`. */
export async function trustBefore(
  ports: { readonly history: History; readonly claims: Claims },
  scope: RoleScope,
  time: string,
): Promise<TrustState> {
  return trustAt(ports, scope, new Date(Date.parse(time) - READING_TAKES).toISOString());
}

/** The trust policy of a role in the newest kept snapshot whose reading began before a time. */
export async function trustAt(
  { history, claims }: { readonly history: History; readonly claims: Claims },
  scope: RoleScope,
  time: string,
): Promise<TrustState> {
  const kept = await history.before(scope.account, time);
  if (kept === null) return { kind: 'unknown', reason: 'no snapshot from before the change is kept' };
  try {
    const parsed = parseSnapshot(await claims.get(kept.key));
    if (!('snapshot' in parsed)) return { kind: 'unknown', reason: `the snapshot before: ${parsed.error}` };
    const role = findRole(
      parsed.snapshot.accounts.find(({ id }) => id === scope.account)?.roles ?? [],
      scope,
    );
    if (role !== undefined) return { kind: 'known', document: role.trustPolicy, readAt: kept.takenAt };
    const blind = blindness(parsed.snapshot, scope);
    if (blind !== null) return { kind: 'unknown', reason: `the snapshot before lacks the role: ${blind}` };
    return { kind: 'absent', readAt: kept.takenAt };
  } catch (error) {
    if (error instanceof LostClaimError)
      return { kind: 'unknown', reason: 'the snapshot from before the change is gone' };
    throw error;
  }
}

/** What a change did: the trust policy before it against the live one. Says so where one of them is not known. */
export function trustEffect(before: TrustState, after: TrustState): TrustEffect {
  for (const state of [before, after])
    if (state.kind === 'unknown') return { relation: 'unknown', reason: cut(state.reason) };
  const at = 'readAt' in before ? { before: new Date(before.readAt).toISOString() } : {};
  if (after.kind !== 'known') return { relation: before.kind === 'absent' ? 'equal' : 'deleted', ...at };
  if (before.kind !== 'known') return { relation: 'created', ...at };
  const old = parsePolicy(before.document, 'trust').policy;
  const live = parsePolicy(after.document, 'trust').policy;
  if (old === null || live === null) {
    const reason = `the trust policy ${old === null ? 'before' : 'now'} is none that IAM takes`;
    return { relation: 'undecided', reason, ...at };
  }
  const result = compare(old, live);
  const reason =
    'reason' in result ? result.reason : 'lossUndecided' in result ? result.lossUndecided : undefined;
  return {
    relation: result.relation === 'too-complex' ? 'undecided' : result.relation,
    ...('gained' in result && result.gained !== undefined && { gained: words(result.gained) }),
    ...('lost' in result && result.lost !== undefined && { lost: words(result.lost) }),
    ...(reason !== undefined && { reason: cut(reason) }),
    ...at,
  };
}

/** A witness in one sentence, with what it takes for granted. */
export function words({ text, assuming }: Witness): string {
  return cut(assuming.length === 0 ? text : `${text} (when ${assuming.join(' and ')})`);
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
