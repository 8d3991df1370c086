import type { Patience } from '../../changes/applying.ts';
import { UnfinishedError } from './errors.ts';

/** Reads until something is through. Throws UnfinishedError when patience ends first. */
export async function untilDone<T>(
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
  { waits, sleep }: Patience,
  name: (value: T) => { readonly what: string; readonly state: string },
): Promise<T> {
  let value = await read();
  for (const wait of waits) {
    if (isDone(value)) return value;
    await sleep(wait);
    value = await read();
  }
  if (isDone(value)) return value;
  const { what, state } = name(value);
  throw new UnfinishedError(what, state);
}
