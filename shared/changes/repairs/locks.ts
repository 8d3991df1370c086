import * as z from 'zod';
import { type RepairPorts, readKept } from './parts.ts';
import { change } from './records.ts';

const lockSchema = z.strictObject({
  key: z.string().describe('What is locked'),
  holder: z.string().nullable().describe('Digest of the plan that holds it'),
  at: z.iso.datetime(),
});

const PART = 'locks';

/** One lock for each target: whoever writes it holds it. */
export function locks({ records, hash, now }: RepairPorts) {
  const read = (body: string) => readKept(lockSchema, PART, body);
  const hold = (key: string, holder: string | null) =>
    JSON.stringify({ key, holder, at: now().toISOString() });
  return {
    acquire: async (key: string, holder: string): Promise<boolean> =>
      change(records, PART, hash(key), (body) => {
        const held = body === null ? null : read(body).holder;
        if (held === holder) return { body: null, result: true };
        return held === null ? { body: hold(key, holder), result: true } : { body: null, result: false };
      }),
    release: async (key: string, holder: string): Promise<void> =>
      change(records, PART, hash(key), (body) => ({
        body: body !== null && read(body).holder === holder ? hold(key, null) : null,
        result: undefined,
      })),
    /** Keys of what a plan holds: of one that cannot be read, nothing else says it. */
    heldBy: async (holder: string): Promise<readonly string[]> =>
      (await records.list(PART, ''))
        .map(({ body }) => read(body))
        .filter((lock) => lock.holder === holder)
        .map(({ key }) => key),
    holder: async (key: string): Promise<string | null> => {
      const kept = await records.read(PART, hash(key));
      return kept === null ? null : read(kept.body).holder;
    },
  };
}
