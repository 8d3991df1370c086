/** A clock that moves only when told to, and the things that are due along the way. */
export interface Clock {
  readonly now: () => Date;
  /** Moves on by seconds, running what falls due in order of time, then of booking. */
  readonly advance: (seconds: number) => void;
  /** Books something for later; with 0 seconds it happens at once. */
  readonly after: (seconds: number, run: () => void) => void;
}

interface Booking {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands at a time. Throws RangeError on a time that is none. */
export function createClock(start: Date | string): Clock {
  let now = new Date(start).getTime();
  if (Number.isNaN(now)) throw new RangeError(`Not a time: ${String(start)}. Give an ISO 8601 time.`);
  const bookings: Booking[] = [];

  /** Nothing is due before this: thousands of sessions end far from now. */
  let earliest = Number.POSITIVE_INFINITY;
  const nextDue = (until: number): Booking | undefined => {
    if (until < earliest) return undefined;
    let found = -1;
    for (const [index, booking] of bookings.entries()) {
      const best = bookings[found];
      if (booking.at <= until && (best === undefined || booking.at < best.at)) found = index;
    }
    const due = found < 0 ? undefined : bookings.splice(found, 1)[0];
    earliest = bookings.reduce((first, { at }) => Math.min(first, at), Number.POSITIVE_INFINITY);
    return due;
  };

  return {
    now: () => new Date(now),
    after: (seconds, run) => {
      if (seconds <= 0) run();
      else {
        const at = now + seconds * 1000;
        earliest = Math.min(earliest, at);
        bookings.push({ at, run });
      }
    },
    advance: (seconds) => {
      const until = now + seconds * 1000;
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        now = Math.max(now, due.at);
        due.run();
      }
      now = until;
    },
  };
}
