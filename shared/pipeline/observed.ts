import { type Account, MOST_OBSERVED, type Observed, type Snapshot } from '../estate/snapshot.ts';
import type { EvidenceStore, Kept } from '../evidence/store.ts';

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
      const kept = await store.all(account.id);
      return kept.since === null
        ? account
        : { ...account, observed: observedOf(kept, kept.since, keepsSessions(account.id)) };
    }),
  );
  return { ...snapshot, accounts };
}

function observedOf({ evidence, fullDays }: Kept, since: string, sessions: boolean): Observed {
  const newest = [...evidence].sort((a, b) => (a.of.last < b.of.last ? 1 : a.of.last > b.of.last ? -1 : 0));
  const web = newest.flatMap((one) => (one.kind === 'web-denial' ? [one.of] : []));
  const pod = newest.flatMap((one) => (one.kind === 'pod-denial' ? [one.of] : []));
  const seen = newest.flatMap((one) => (one.kind === 'session' ? [one.of] : []));
  const gapOf = (lists: readonly (readonly unknown[])[]) => {
    if (fullDays.length > 0) return `more new callers than are kept on ${fullDays.slice(0, 10).join(', ')}`;
    return lists.some((list) => list.length > MOST_OBSERVED)
      ? `more than ${MOST_OBSERVED} callers`
      : undefined;
  };
  const head = (gap: string | undefined) => ({
    source: 'pipeline' as const,
    since,
    complete: gap === undefined,
    ...(gap === undefined ? {} : { gap }),
  });
  return {
    denials: {
      ...head(gapOf([web, pod])),
      webIdentity: web.slice(0, MOST_OBSERVED),
      podIdentity: pod.slice(0, MOST_OBSERVED),
    },
    ...(sessions ? { sessions: { ...head(gapOf([seen])), seen: seen.slice(0, MOST_OBSERVED) } } : {}),
  };
}
