import { MOST_CAUSES, type ScopeRequest } from './scope-request.ts';

/**
 * Two requests for one scope as one: what `triage` makes of the events of both together, in whatever order they came. An
 * event that is in both is counted once if it is among the causes of both.
 */
export function mergeRequests(a: ScopeRequest, b: ScopeRequest): ScopeRequest {
  const causes = new Map([...a.causes, ...b.causes].map((cause) => [cause.eventId, cause]));
  const repeated = a.causes.length + b.causes.length - causes.size;
  return {
    scope: newestTime(a) > newestTime(b) ? a.scope : b.scope,
    causes: [...causes.values()]
      .sort((x, y) => y.time.localeCompare(x.time) || (x.eventId < y.eventId ? -1 : 1))
      .slice(0, MOST_CAUSES),
    events: a.events + b.events - repeated,
    ...mergedExpectation(a, b),
    ...firstWrite(a, b),
    ...mergedPresence(a, b),
  };
}

function newestTime({ causes: [newest] }: ScopeRequest): string {
  return newest?.time ?? '';
}

/** The later write counts; CloudTrail's times have whole seconds, so of two in one second either can be the last. */
function mergedExpectation(a: ScopeRequest, b: ScopeRequest): Pick<ScopeRequest, 'expected' | 'writtenAt'> {
  const [older, newer] = (a.writtenAt ?? '') > (b.writtenAt ?? '') ? [b, a] : [a, b];
  const { writtenAt, expected } = newer;
  if (writtenAt === undefined) return { expected: [] };
  if (older.writtenAt !== writtenAt) return { writtenAt, expected };
  const either = [...new Set([...expected, ...older.expected])].sort();
  const known = expected.length > 0 && older.expected.length > 0 && either.length <= MOST_CAUSES;
  return { writtenAt, expected: known ? either : [] };
}

function firstWrite(a: ScopeRequest, b: ScopeRequest): Pick<ScopeRequest, 'firstWrittenAt'> {
  const [firstWrittenAt] = [a.firstWrittenAt, b.firstWrittenAt].filter((time) => time !== undefined).sort();
  return firstWrittenAt === undefined ? {} : { firstWrittenAt };
}

function mergedPresence(a: ScopeRequest, b: ScopeRequest): Pick<ScopeRequest, 'presence' | 'madeAt'> {
  const [older, newer] = (a.madeAt ?? '') > (b.madeAt ?? '') ? [b, a] : [a, b];
  const { madeAt, presence } = newer;
  if (madeAt === undefined) return {};
  const agreed = older.madeAt !== madeAt || older.presence === presence;
  return { madeAt, ...(agreed && presence !== undefined && { presence }) };
}
