import { type Denials, MOST_OBSERVED, type Observed } from '../estate/snapshot.ts';
import type { Evidence } from './record.ts';

export interface Source {
  readonly source: Denials['source'];
  readonly since: string;
  /** Why something may be missing. */
  readonly gap?: string | undefined;
}

/** How each part was looked at; a part that is absent was not. */
export interface Sources {
  readonly denials?: Source | undefined;
  readonly sessions?: Source | undefined;
  readonly accessDenied?: Source | undefined;
}

/** Observations as they stand in a snapshot, newest first and bounded. */
export function observedFrom(
  evidence: readonly Evidence[],
  { denials, sessions, accessDenied }: Sources,
): Observed {
  const newest = [...evidence].sort((a, b) => (a.of.last < b.of.last ? 1 : a.of.last > b.of.last ? -1 : 0));
  const web = newest.flatMap((one) => (one.kind === 'web-denial' ? [one.of] : []));
  const pod = newest.flatMap((one) => (one.kind === 'pod-denial' ? [one.of] : []));
  const seen = newest.flatMap((one) => (one.kind === 'session' ? [one.of] : []));
  const calls = newest.flatMap((one) => (one.kind === 'call-denial' ? [one.of] : []));
  return {
    ...(denials !== undefined && {
      denials: {
        ...head(denials, [web, pod]),
        webIdentity: web.slice(0, MOST_OBSERVED),
        podIdentity: pod.slice(0, MOST_OBSERVED),
      },
    }),
    ...(sessions !== undefined && {
      sessions: { ...head(sessions, [seen]), seen: seen.slice(0, MOST_OBSERVED) },
    }),
    ...(accessDenied !== undefined && {
      accessDenied: { ...head(accessDenied, [calls]), calls: calls.slice(0, MOST_OBSERVED) },
    }),
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
