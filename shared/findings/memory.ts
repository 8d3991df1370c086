import type { Doubt } from './doubt.ts';
import type { Finding } from './finding.ts';
import { findingScopeKey, scopesAround } from './scope.ts';
import { decidesAbsence, orderOf, type ScopeAudit } from './scope-audit.ts';
import type { Run, ScopeMemory } from './stored.ts';

/** No audit is that late: executions that long are dead. */
const REMEMBERED_DAYS = 7;
/** Beyond these a memory forgets its oldest run, and the places of doubts but not their rules. */
const MOST_RUNS = 5;
const MOST_DOUBTS = 50;

/** What is remembered about scopes, by findingScopeKey. */
export type Memories = ReadonlyMap<string, ScopeMemory>;

/**
 * A scope's memory after an audit of it; null when it need not change. An audit is remembered before it is applied:
 * from then on an older one, however late it arrives, cannot bring back what this one says is gone.
 */
export function remembering(memory: ScopeMemory | undefined, audit: ScopeAudit): ScopeMemory | null {
  const order = orderOf(audit);
  const known = memory?.runs ?? [];
  if (known.some((run) => run.order === order)) return null;
  const run: Run = {
    order,
    rules: audit.rules === undefined ? null : [...new Set(audit.rules)].sort(),
    doubts: boundedDoubts(audit.doubts),
  };
  const runs = [...known, run].sort((a, b) => (a.order < b.order ? 1 : -1));
  const whole = runs.findIndex(({ rules, doubts }) => rules === null && doubts.length === 0);
  const kept = runs.slice(0, Math.min(MOST_RUNS, whole === -1 ? runs.length : whole + 1));
  if (!kept.includes(run)) return null;
  const newest = Date.parse((kept[0] ?? run).order.split(' ', 1)[0] ?? '');
  return {
    version: (memory?.version ?? 0) + 1,
    runs: kept,
    expires: Math.ceil(newest / 1000) + REMEMBERED_DAYS * 86_400,
  };
}

/** Order of the newest remembered audit that would have reported a finding, had it been there; '' when there is none. */
export function decidedLast(memories: Memories, finding: Finding): string {
  const orders = scopesAround(finding)
    .flatMap((scope) => memories.get(findingScopeKey(scope))?.runs ?? [])
    .filter((run) => decidesAbsence(run, finding))
    .map(({ order }) => order);
  return orders.sort().at(-1) ?? '';
}

/** A doubt about more can only let a late audit speak where it would have been silent: never the other way round. */
function boundedDoubts(doubts: readonly Doubt[]): Doubt[] {
  if (doubts.length <= MOST_DOUBTS) return [...doubts];
  const rules = new Map<string, Doubt>();
  for (const { rule, where } of doubts) {
    const account = { account: where.account };
    rules.set(JSON.stringify([rule ?? null, account]), {
      ...(rule !== undefined && { rule }),
      where: account,
    });
  }
  return [...rules.values()];
}
