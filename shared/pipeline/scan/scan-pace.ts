import * as z from 'zod';
import {
  ACCOUNTS_AT_ONCE,
  afterAccount,
  afterThrottling,
  type Bounds,
  type Pace,
  startPace,
} from '../pace.ts';
import type { PutOff } from './put-off.ts';

const count = z.number().int().nonnegative();

/**
 * How many accounts a scan reads at once, and what it was learned from. The loop that sets it carries this through the state
 * machine, so that it is an execution's own: nothing is shared with other scans, and nothing is left behind.
 */
export const scanPaceSchema = z.strictObject({
  /** Accounts of the scan. */
  accounts: count,
  /** Most that may be at work at once: `deployment.scan.concurrency`. */
  most: count.min(1),
  /** At work at once, as last seen or set. */
  limit: count.min(1),
  /** Doubling, as long as nothing was throttled. */
  climbing: z.boolean(),
  /** Accounts that ended since the limit was last changed. */
  ended: count,
  /** Accounts that had ended when the loop last looked. */
  endedBefore: count,
  /** What the steps that enter accounts had last left about being put off; null: nothing. */
  mark: z.string().max(200).nullable(),
  /** How often the limit was cut. */
  cuts: count,
  /** When the limit was last cut, in milliseconds; null: never. */
  cutAt: z.number().int().nullable(),
  /** Turns of the loop. */
  turns: count,
  /** Turns in a row that could not set the pace. */
  failures: count,
  /** Seconds until the next turn. */
  waitSeconds: count.min(1),
  /** There is nothing more to set. */
  done: z.boolean(),
  /** It was given up: the limit stays what it is. */
  lost: z.boolean(),
});

export type ScanPace = Readonly<z.infer<typeof scanPaceSchema>>;

/** What a turn of the loop sees. */
export interface SeenOfScan {
  /** Accounts that may be at work at once, as Step Functions says; 0: it sets no limit. */
  readonly concurrency: number;
  readonly running: number;
  /** Accounts that ended, however they did. */
  readonly ended: number;
  /** Whether the map run is under way. */
  readonly active: boolean;
  /** The last time that entering an account was put off; null: never. */
  readonly putOff: PutOff | null;
  readonly startedAt: Date;
  /** Now, in milliseconds. */
  readonly at: number;
}

const LEAST_WAIT_SECONDS = 3;
const MOST_WAIT_SECONDS = 60;
/** The loop waits so much longer the longer a scan takes: what it adds stays small, and so does its history. */
const WAITED = 1 / 300;

/**
 * A turn is nine events of the execution's history, and at most six more where its step is tried again; a history ends at
 * 25,000 (Step Functions developer guide, "Quotas"), and the execution with it.
 */
const MOST_TURNS = 1_400;

/** Turns in a row that may fail before the pace is given up. */
const MOST_FAILURES = 5;

/** A scan has to end well within its twelve hours at its lowest pace, too, at so many seconds an account: an assumption. */
const SECONDS_FOR_ACCOUNT = 30;
const SECONDS_FOR_SCAN = 6 * 3600;

const boundsOf = (accounts: number, most: number): Bounds => {
  const needed = Math.ceil((accounts * SECONDS_FOR_ACCOUNT) / SECONDS_FOR_SCAN);
  const { start, least } = ACCOUNTS_AT_ONCE;
  return { start: Math.max(start, needed), least: Math.max(least, needed), most };
};

/** Where it begins: low, but never so low that a scan whose pace cannot be changed would not end in time. */
export function startScanPace(accounts: number, most: number): ScanPace {
  const { limit } = startPace(boundsOf(accounts, most));
  return {
    accounts,
    most,
    limit,
    climbing: true,
    ended: 0,
    endedBefore: 0,
    mark: null,
    cuts: 0,
    cutAt: null,
    turns: 0,
    failures: 0,
    waitSeconds: LEAST_WAIT_SECONDS,
    // All of them are begun at once: there is nothing to set.
    done: accounts <= limit,
    lost: false,
  };
}

/**
 * The pace after a turn, by the law of the command's (shared/pipeline/pace.ts). It goes on from the limit that Step Functions
 * has, whoever set it: an answer that was lost, a redrive or a person's own change is where the next turn begins.
 */
export function nextScanPace(before: ScanPace, seen: SeenOfScan): ScanPace {
  const { most, accounts } = before;
  const { putOff, at } = seen;
  const turns = before.turns + 1;
  const seconds = (at - seen.startedAt.getTime()) / 1000;
  const now: Pace = {
    bounds: boundsOf(accounts, most),
    limit: Math.min(seen.concurrency === 0 ? most : seen.concurrency, most),
    climbing: before.climbing,
    ended: before.ended,
    cutAt: before.cutAt ?? Number.NEGATIVE_INFINITY,
  };
  // Once the last account was begun, nothing is left that a limit could hold back.
  const done = !seen.active || seen.ended + seen.running >= accounts || turns >= MOST_TURNS;
  const known = { ...before, limit: now.limit, turns, failures: 0, done };
  if (done) return known;
  const putOffAnew = putOff !== null && putOff.mark !== before.mark;
  // Before the first cut, what a turn would double is what was put off.
  const grown = putOffAnew && now.climbing ? now : raised(now, Math.max(0, seen.ended - before.endedBefore));
  // What was begun before a cut was put off at the pace before it, whenever it tells: the law leaves that aside.
  const next = putOffAnew ? afterThrottling(grown, putOff.begunAt) : grown;
  // Somebody may have set fewer than the least: nothing that is put off raises that.
  const limit = Math.min(next.limit, grown.limit);
  const cut = limit < grown.limit;
  return {
    ...known,
    limit,
    climbing: next.climbing,
    ended: next.ended,
    endedBefore: seen.ended,
    mark: putOff?.mark ?? before.mark,
    cuts: before.cuts + (cut ? 1 : 0),
    cutAt: cut ? at : before.cutAt,
    waitSeconds: Math.min(MOST_WAIT_SECONDS, LEAST_WAIT_SECONDS + Math.floor(Math.max(0, seconds) * WAITED)),
  };
}

/** Nothing is known of this turn: the limit stays, and what it would have seen is left for the next one. */
export function failedScanPace(before: ScanPace): ScanPace {
  const failures = before.failures + 1;
  const lost = failures >= MOST_FAILURES;
  const turns = before.turns + 1;
  return { ...before, turns, failures, lost, done: lost || turns >= MOST_TURNS };
}

/** What ended was read at the old limit, which it speaks for: a turn at most doubles it. */
function raised(pace: Pace, accounts: number): Pace {
  let next = pace;
  for (let each = 0; each < accounts; each += 1) {
    next = afterAccount(next);
    if (next.climbing && next.limit > pace.limit) break;
  }
  return { ...next, limit: Math.min(next.limit, 2 * pace.limit) };
}
