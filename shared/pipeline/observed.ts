import type { Account, Snapshot } from '../estate/snapshot.ts';
import { observedFrom } from '../evidence/observed.ts';
import type { EvidenceStore } from '../evidence/store.ts';

export interface ObservedPorts {
  readonly store: Pick<EvidenceStore, 'all'>;
  readonly keepsSessions: (account: string) => boolean;
}

/** The snapshot with what the pipeline observed in each of its accounts; an account of which nothing is kept stays without. */
export async function withObserved(
  snapshot: Snapshot,
  { store, keepsSessions }: ObservedPorts,
): Promise<Snapshot> {
  const accounts = await Promise.all(
    snapshot.accounts.map(async (account): Promise<Account> => {
      const { evidence, since, fullDays } = await store.all(account.id);
      if (since === null) return account;
      const gap =
        fullDays.length === 0
          ? undefined
          : `more new callers than are kept on ${fullDays.slice(0, 10).join(', ')}`;
      const observed = observedFrom(evidence, { source: 'pipeline', since, gap }, keepsSessions(account.id));
      return { ...account, observed };
    }),
  );
  return { ...snapshot, accounts };
}
