/** What the history of a plan says of the writes that it began: a request can be sent and not be answered, or not be seen. */

/** A change that was begun to be written and was not taken back. Times are milliseconds. */
export interface Begun {
  /** Its first request. */
  readonly since: number;
  /** The last request of which no answer was noted: it may have arrived, or arrive later. Null: all were answered. */
  readonly unanswered: number | null;
  /** The first request that takes it back; null: there was none. */
  readonly undoing: number | null;
  /** The way back of its plan has begun, with it or with a later change. */
  readonly isGoingBack: boolean;
  /** One that takes it back was answered: what is read later may still show it. */
  readonly isTakenBack: boolean;
}

/** A change whose first request is sent now. */
export const begunAt = (at: number): Begun => ({
  since: at,
  unanswered: null,
  undoing: null,
  isGoingBack: false,
  isTakenBack: false,
});

/** One line of a history, as far as it matters here. */
interface Line {
  readonly what: string;
  readonly change?: number | undefined;
  /** ISO 8601. */
  readonly at: string;
}

interface Sent extends Begun {
  /** The request that is under way. */
  readonly open: number | null;
  /** Some request was taken. */
  readonly taken: boolean;
}

/** Positions of the changes that were begun, and neither surely refused nor taken back; oldest lines first. */
export function begunIn(lines: readonly Line[]): ReadonlyMap<number, Begun> {
  const sent = new Map<number, Sent>();
  for (const { what, change, at } of lines) {
    if (change === undefined) continue;
    if (what === 'undoing') for (const [each, begun] of sent) sent.set(each, { ...begun, isGoingBack: true });
    const next = after(sent.get(change) ?? null, what, Date.parse(at));
    if (next === null) sent.delete(change);
    else sent.set(change, next);
  }
  return new Map(
    [...sent].map(([change, { open, taken: _, ...begun }]) => [
      change,
      { ...begun, unanswered: open ?? begun.unanswered },
    ]),
  );
}

function after(sent: Sent | null, what: string, at: number): Sent | null {
  if (what === 'writing') {
    if (sent === null) return { ...begunAt(at), open: at, taken: false };
    return { ...sent, unanswered: sent.open ?? sent.unanswered, open: at };
  }
  if (sent === null) return null;
  switch (what) {
    case 'written':
      return { ...sent, open: null, taken: true };
    case 'failed':
      return { ...sent, open: null, unanswered: sent.open ?? sent.unanswered };
    case 'stale':
    case 'not-written':
      // Said of the request that is under way alone: one before it may stand.
      if (sent.open === null) return sent;
      return sent.taken || sent.unanswered !== null ? { ...sent, open: null } : null;
    case 'undoing':
      return { ...sent, undoing: sent.undoing ?? at };
    case 'undo-written':
      return { ...sent, isTakenBack: true };
    case 'undone':
      return null;
    default:
      return sent;
  }
}
