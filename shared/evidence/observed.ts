import { MOST_OBSERVED, type Observed } from '../estate/snapshot.ts';
import type { Evidence } from './record.ts';

interface Source {
  readonly source: 'pipeline' | 'cloudtrail-sample';
  readonly since: string;
  /** Why something may be missing. */
  readonly gap?: string | undefined;
}

/** Observations as they stand in a snapshot, newest first and bounded; `sessions`: with those that were let in. */
export function observedFrom(evidence: readonly Evidence[], source: Source, sessions: boolean): Observed {
  const newest = [...evidence].sort((a, b) => (a.of.last < b.of.last ? 1 : a.of.last > b.of.last ? -1 : 0));
  const web = newest.flatMap((one) => (one.kind === 'web-denial' ? [one.of] : []));
  const pod = newest.flatMap((one) => (one.kind === 'pod-denial' ? [one.of] : []));
  const seen = newest.flatMap((one) => (one.kind === 'session' ? [one.of] : []));
  return {
    denials: {
      ...head(source, [web, pod]),
      webIdentity: web.slice(0, MOST_OBSERVED),
      podIdentity: pod.slice(0, MOST_OBSERVED),
    },
    ...(sessions ? { sessions: { ...head(source, [seen]), seen: seen.slice(0, MOST_OBSERVED) } } : {}),
  };
}

function head({ source, since, gap }: Source, lists: readonly (readonly unknown[])[]) {
  const tooMany = lists.some((list) => list.length > MOST_OBSERVED);
  const reason = gap ?? (tooMany ? `more than ${MOST_OBSERVED} callers` : undefined);
  return {
    source,
    since,
    complete: reason === undefined,
    ...(reason === undefined ? {} : { gap: reason.slice(0, 1000) }),
  };
}
