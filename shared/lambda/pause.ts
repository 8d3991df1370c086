import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_MILLISECONDS = 2_000;

/** Waits before another try: longer from try to try, and never as long as the others who try, too. */
export async function pause(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(LONGEST_MILLISECONDS, 25 * 2 ** attempt));
}
