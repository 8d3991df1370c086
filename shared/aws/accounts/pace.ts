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
  /** Accounts at work that were throttled. */
  readonly throttled: ReadonlySet<string>;
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
  throttled: new Set(),
  cutAt: Number.NEGATIVE_INFINITY,
});

/**
 * An account ended: after as many as may be at work, one more may be; before the first throttling, twice as many. Additive
 * increase and multiplicative decrease share a limit fairly among all that learn it this way (Chiu and Jain, 1989).
 */
export function afterAccount(pace: Pace, account: string): Pace {
  const throttled = new Set(pace.throttled);
  throttled.delete(account);
  const ended = pace.ended + 1;
  if (ended < pace.limit) return { ...pace, throttled, ended };
  const limit = Math.min(pace.bounds.most, pace.climbing ? pace.limit * 2 : pace.limit + 1);
  return { ...pace, throttled, ended: 0, limit };
}

/**
 * A call was throttled. Of what all accounts share (`account` null: entering them), or of more than half of the accounts
 * at work: half as many may be. One account that is throttled by itself is none of the others' business: its own clients
 * slow down.
 */
export function afterThrottling(
  pace: Pace,
  { account, atWork, at }: { readonly account: string | null; readonly atWork: number; readonly at: number },
): Pace {
  const throttled = new Set(pace.throttled);
  if (account !== null) throttled.add(account);
  const shared = account === null || (throttled.size > 1 && throttled.size * 2 > atWork);
  if (!shared || at - pace.cutAt < SETTLES_MILLISECONDS) return { ...pace, throttled };
  const least = Math.min(pace.bounds.least, pace.bounds.most);
  const limit = Math.max(least, Math.floor(pace.limit / 2));
  return { ...pace, limit, climbing: false, ended: 0, throttled: new Set(), cutAt: at };
}
