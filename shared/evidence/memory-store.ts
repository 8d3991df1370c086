import { CALLS, type Noted, pairOf, shareOf } from './record.ts';
import { type Day, type EvidenceStore, MOST_PAIRS, spansOf } from './store.ts';

interface OfAccount {
  readonly pairs: Map<string, { readonly noted: Noted; readonly revision: string }>;
  readonly counts: Map<string, number>;
  readonly full: Map<string, string | null>;
  since: string | null;
  callsSince: string | null;
}

/** Evidence that lasts as long as the process: for the simulator and for tests. */
export function memoryEvidence(): EvidenceStore {
  const accounts = new Map<string, OfAccount>();
  let writes = 0;
  const of = (account: string): OfAccount => {
    const known = accounts.get(account) ?? {
      pairs: new Map(),
      counts: new Map(),
      full: new Map(),
      since: null,
      callsSince: null,
    };
    accounts.set(account, known);
    return known;
  };
  const dayIn = ({ counts, full }: OfAccount, day: string): Day => ({
    full: full.has(day) || (counts.get(day) ?? 0) >= MOST_PAIRS,
    asked: full.get(day) ?? null,
  });
  return {
    find: async (account, pair) => {
      const found = of(account).pairs.get(pair);
      return found === undefined ? null : { ...found.noted, revision: found.revision };
    },
    put: async (account, noted, revision) => {
      const kept = of(account);
      const pair = pairOf(noted.evidence);
      if ((kept.pairs.get(pair)?.revision ?? null) !== revision) return 'conflict';
      if (revision === null) {
        const share = shareOf(noted.evidence);
        if (dayIn(kept, share).full) return 'full';
        kept.counts.set(share, (kept.counts.get(share) ?? 0) + 1);
        if (share.startsWith(CALLS)) kept.callsSince ??= noted.evidence.of.first;
        else kept.since ??= noted.evidence.of.first;
      }
      writes += 1;
      kept.pairs.set(pair, { noted, revision: String(writes) });
      return 'written';
    },
    day: async (account, day) => dayIn(of(account), day),
    markFull: async (account, day, asked) => {
      const { full } = of(account);
      full.set(day, asked ?? full.get(day) ?? null);
    },
    all: async (account) => {
      const { pairs, full, since, callsSince } = of(account);
      const evidence = [...pairs.values()].map(({ noted }) => noted.evidence);
      return { evidence, ...spansOf(since, callsSince, [...full.keys()]) };
    },
  };
}
