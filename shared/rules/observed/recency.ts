import type { WebIdentityDenial } from '../../estate/snapshot.ts';

/**
 * How long a refusal says something about now. Pods that are refused ask again within minutes, and a CronJob mostly runs
 * at least once a day: whatever nobody asked for in a day need not be explained.
 */
const RELEVANT_HOURS = 24;

/** A pod that is still refused asks again sooner than this: kubelet's longest back-off is five minutes. */
const QUIET_MINUTES = 60;

/** IAM shows a change everywhere after seconds; this is more (IAM user guide, "Changes that I make are not always visible"). */
const SETTLED_MINUTES = 5;

const MINUTE = 60_000;

/** True when something was last seen so recently that it speaks about the state that was read. */
export function isRelevant(last: string, takenAt: string): boolean {
  return Date.parse(takenAt) - Date.parse(last) <= RELEVANT_HOURS * 60 * MINUTE;
}

/** True when nobody was refused for so long that whoever still were would have been. */
export function isQuiet(last: string, takenAt: string): boolean {
  return Date.parse(takenAt) - Date.parse(last) > QUIET_MINUTES * MINUTE;
}

/** Whether refusals go on although the state that was read lets the caller in. */
export type Persistence = 'over' | 'goes-on' | 'open';

/**
 * Places the last refusal among the changes of what it hangs on: before the last one it is explained; well after it, it
 * goes on, for as long as it is relevant. Where the change may have come after it, or shortly before, an hour without
 * another refusal says that it is over. Where nothing is known of changes, quiet says nothing: a CronJob may be due.
 */
export function persistenceOf(
  { last, changed = {} }: Pick<WebIdentityDenial, 'last' | 'changed'>,
  takenAt: string,
  created: readonly (string | undefined)[],
): Persistence {
  const refused = Date.parse(last);
  const made = timesOf(created);
  const notBefore = timesOf([changed.after, ...created]);
  if (notBefore.some((change) => refused <= change)) return 'over';
  const settled = (change: number) => refused > change + SETTLED_MINUTES * MINUTE;
  const [since] = timesOf([changed.before]);
  const isOfNow = refused <= Date.parse(takenAt);
  if (since !== undefined && isOfNow && settled(since) && made.every(settled)) return 'goes-on';
  const isExplained = changed.after !== undefined || !made.every(settled);
  return isExplained && isQuiet(last, takenAt) ? 'over' : 'open';
}

function timesOf(times: readonly (string | undefined)[]): readonly number[] {
  return times.flatMap((time) => (time === undefined ? [] : [Date.parse(time)]));
}
