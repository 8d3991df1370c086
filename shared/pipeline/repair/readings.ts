import type { Snapshot } from '../../estate/snapshot.ts';
import type { Claims } from '../claims.ts';
import type { History } from '../history.ts';
import { joinSnapshots } from '../join-snapshots.ts';
import { readSnapshot } from '../read-claims.ts';

/** The snapshots of a repair as one. */
export async function snapshotOf(
  keys: readonly string[],
  claims: Claims,
  now: () => Date,
): Promise<Snapshot> {
  const snapshots: Snapshot[] = [];
  for (const key of keys) snapshots.push(await readSnapshot(claims, key));
  return joinSnapshots(snapshots, [], now().toISOString());
}

/** The keys of the newest readings that are kept of the same accounts: what was read since a repair was started. */
export async function newestReadings(
  keys: readonly string[],
  history: Pick<History, 'before'>,
  now: Date,
): Promise<string[]> {
  const newest: string[] = [];
  for (const key of keys) {
    const account = /^snapshots\/(\d{12})\//.exec(key)?.[1];
    const kept = account === undefined ? null : await history.before(account, now.toISOString());
    newest.push(kept?.key ?? key);
  }
  return newest;
}
