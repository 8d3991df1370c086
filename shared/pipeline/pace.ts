/** How many accounts may be at work. */
export interface Bounds {
  readonly start: number;
  readonly least: number;
  readonly most: number;
}

/** Accounts at work, unless told otherwise. */
export const ACCOUNTS_AT_ONCE: Bounds = { start: 4, least: 2, most: 64 };

/** How many accounts are read at once, and what it was learned from. */
export interface Pace {
  readonly bounds: Bounds;
  readonly limit: number;
  /** Doubling, as long as nothing was throttled. */
  readonly climbing: boolean;
  /** Accounts that ended since the limit was last changed. */
  readonly ended: number;
  /** When the limit was last cut, in milliseconds. */
  readonly cutAt: number;
}

/** What one cut changes is seen this much later: calls that were under way then say nothing new. */
const SETTLES_MILLISECONDS = 2_000;

/** Where it begins. */
export const startPace = (bounds: Bounds): Pace => ({
  bounds,
  limit: Math.min(bounds.start, bounds.most),
  climbing: true,
  ended: 0,
  cutAt: Number.NEGATIVE_INFINITY,
});

/**
 * An account ended: after as many as may be at work, one more may be; before the first throttling, twice as many. Additive
 * increase and multiplicative decrease share a limit fairly among all that learn it this way (Chiu and Jain, 1989).
 */
export function afterAccount(pace: Pace): Pace {
  const ended = pace.ended + 1;
  if (ended < pace.limit) return { ...pace, ended };
  const limit = Math.min(pace.bounds.most, pace.climbing ? pace.limit * 2 : pace.limit + 1);
  return { ...pace, ended: 0, limit };
}

/**
 * Entering accounts was throttled at a time: half as many may be at work. That alone is shared by all of them; the calls
 * in an account have limits of that account and region, and its own clients slow down for them, however many do at once.
 */
export function afterThrottling(pace: Pace, at: number): Pace {
  if (at - pace.cutAt < SETTLES_MILLISECONDS) return pace;
  const least = Math.min(pace.bounds.least, pace.bounds.most);
  return {
    ...pace,
    limit: Math.max(least, Math.floor(pace.limit / 2)),
    climbing: false,
    ended: 0,
    cutAt: at,
  };
}
