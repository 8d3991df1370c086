import { dayOf, type Evidence, pairOf } from './record.ts';
import { type EvidenceStore, MOST_PAIRS } from './store.ts';

interface OfAccount {
  readonly pairs: Map<string, Evidence>;
  readonly days: Map<string, number>;
  since: string | null;
}

/** Evidence that lasts as long as the process: for the simulator and for tests. */
export function memoryEvidence(): EvidenceStore {
  const accounts = new Map<string, OfAccount>();
  const of = (account: string): OfAccount => {
    const known = accounts.get(account) ?? { pairs: new Map(), days: new Map(), since: null };
    accounts.set(account, known);
    return known;
  };
  return {
    find: async (account, pair) => of(account).pairs.get(pair) ?? null,
    put: async (account, evidence, isNew) => {
      const kept = of(account);
      kept.since ??= evidence.of.first;
      if (isNew) {
        const day = dayOf(evidence.of.last);
        const count = (kept.days.get(day) ?? 0) + 1;
        kept.days.set(day, count);
        if (count > MOST_PAIRS) return 'full';
      }
      kept.pairs.set(pairOf(evidence), evidence);
      return 'written';
    },
    all: async (account) => {
      const { pairs, days, since } = of(account);
      const fullDays = [...days].filter(([, count]) => count > MOST_PAIRS).map(([day]) => day);
      return { evidence: [...pairs.values()], since, fullDays };
    },
  };
}
