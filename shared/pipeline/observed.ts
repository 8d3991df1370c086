import type { Account, Snapshot } from '../estate/snapshot.ts';
import { observedFrom, type Source } from '../evidence/observed.ts';
import type { EvidenceStore, Span } from '../evidence/store.ts';

export interface ObservedPorts {
  readonly store: Pick<EvidenceStore, 'all'>;
  readonly keepsSessions: (account: string) => boolean;
  readonly keepsAccessDenied: (account: string) => boolean;
}

/** The snapshot with what the pipeline observed in each of its accounts; an account of which nothing is kept stays without. */
export async function withObserved(
  snapshot: Snapshot,
  { store, keepsSessions, keepsAccessDenied }: ObservedPorts,
): Promise<Snapshot> {
  const accounts = await Promise.all(
    snapshot.accounts.map(async (account): Promise<Account> => {
      const kept = await store.all(account.id);
      const sessions = sourceOf(kept);
      const accessDenied = keepsAccessDenied(account.id) ? sourceOf(kept.calls) : undefined;
      if (sessions === undefined && accessDenied === undefined) return account;
      const observed = observedFrom(kept.evidence, {
        denials: sessions,
        sessions: keepsSessions(account.id) ? sessions : undefined,
        accessDenied,
      });
      return { ...account, observed };
    }),
  );
  return { ...snapshot, accounts };
}

/** Undefined: nothing was ever kept of it. */
function sourceOf({ since, fullDays }: Span): Source | undefined {
  if (since === null) return undefined;
  const gap =
    fullDays.length === 0
      ? undefined
      : `more new callers than are kept on ${fullDays.slice(0, 10).join(', ')}`;
  return { source: 'pipeline', since, gap };
}
