import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until there is an answer. Throws when there is none in time. */
export async function until<T>(what: string, probe: () => Promise<T | undefined>, seconds = 120): Promise<T> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
    const found = await probe();
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error(`${what} did not happen within ${seconds} seconds.`);
}
