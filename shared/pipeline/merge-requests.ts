import { MOST_CAUSES, type ScopeRequest } from './scope-request.ts';

/**
 * Two requests for one scope as one: the newest causes, and what the newest events say the scope looks like now. A list
 * of expected documents that is empty says nothing, so it does not replace one that says something: at worst a read is
 * waited for that does not come, and then taken as it is.
 */
export function mergeRequests(a: ScopeRequest, b: ScopeRequest): ScopeRequest {
  const [older, newer] = (a.causes[0]?.time ?? '') > (b.causes[0]?.time ?? '') ? [b, a] : [a, b];
  const causes = new Map([...older.causes, ...newer.causes].map((cause) => [cause.eventId, cause]));
  const repeated = older.causes.length + newer.causes.length - causes.size;
  const presence = newer.presence ?? older.presence;
  return {
    scope: newer.scope,
    causes: [...causes.values()]
      .sort((x, y) => y.time.localeCompare(x.time) || (x.eventId < y.eventId ? -1 : 1))
      .slice(0, MOST_CAUSES),
    events: older.events + newer.events - repeated,
    expected: expectedOf(older, newer),
    ...(presence !== undefined && { presence }),
  };
}

/** CloudTrail's times have whole seconds: of two writes of one second either can be the last. */
function expectedOf(older: ScopeRequest, newer: ScopeRequest): string[] {
  if (newer.expected.length === 0) return older.expected;
  if (older.expected.length === 0 || older.causes[0]?.time !== newer.causes[0]?.time) return newer.expected;
  return [...new Set([...newer.expected, ...older.expected])].slice(0, MOST_CAUSES);
}
