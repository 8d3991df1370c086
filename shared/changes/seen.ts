/** What the way there and the way back share: a place in the journal, and looking for what was written. */
import type { JournalEntry, Patience, World } from './applying.ts';
import { type Change, sameState } from './change.ts';

/** Where in a plan a change stands, and what it is about. */
export type Place = Pick<JournalEntry, 'plan' | 'change' | 'target'>;

/** Reads until the target is as wanted, as long as patience lasts: IAM is eventually consistent. */
export async function isSeen(
  change: Change,
  wanted: Change['before'],
  world: World,
  { waits, sleep }: Patience,
): Promise<boolean> {
  if (sameState(await world.read(change), wanted)) return true;
  for (const wait of waits) {
    await sleep(wait);
    if (sameState(await world.read(change), wanted)) return true;
  }
  return false;
}

/** What an error says, bounded. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);
