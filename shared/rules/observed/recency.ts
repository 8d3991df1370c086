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

/** Whether refusals go on although the state that was read lets the caller in. */
export type Persistence = 'over' | 'goes-on' | 'open';

/**
 * Places the last refusal: before the last known change it is explained, well after it goes on. Where no change is known,
 * an hour without another one says that it is over.
 */
export function persistenceOf(
  { last, lastChange }: { readonly last: string; readonly lastChange?: string | undefined },
  takenAt: string,
  created: readonly (string | undefined)[],
): Persistence {
  const refused = Date.parse(last);
  if (Date.parse(takenAt) - refused > QUIET_MINUTES * MINUTE) return 'over';
  const changes = [lastChange, ...created]
    .filter((time) => time !== undefined)
    .map((time) => Date.parse(time));
  if (changes.some((change) => refused <= change)) return 'over';
  if (lastChange !== undefined && changes.every((change) => refused > change + SETTLED_MINUTES * MINUTE))
    return 'goes-on';
  return 'open';
}
