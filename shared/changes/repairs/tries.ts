import * as z from 'zod';
import { type RepairPorts, readKept } from './parts.ts';
import { change } from './records.ts';

const trySchema = z.strictObject({
  of: z.string().describe('What it was made for: a finding in one step of one life'),
  execution: z.string().describe('Who made it'),
  plan: z.string().describe('Digest'),
});

/** The plan that was made last for a finding as it is. */
export type Try = z.infer<typeof trySchema>;

const PART = 'tries';

/** Which plan was made last for each finding: whoever makes the next one looks at how it ended. */
export function tries({ records }: RepairPorts) {
  const read = (body: string): Try => readKept(trySchema, PART, body);
  return {
    lastTry: async (of: string): Promise<Try | null> => {
      const kept = await records.read(PART, of);
      return kept === null ? null : read(kept.body);
    },
    noteTry: async (made: Try, previous: string | null): Promise<boolean> =>
      change(records, PART, made.of, (body) => {
        const known = body === null ? null : read(body);
        if (known?.plan === made.plan && known.execution === made.execution)
          return { body: null, result: true };
        return (known?.plan ?? null) === previous
          ? { body: JSON.stringify(made), result: true }
          : { body: null, result: false };
      }),
  };
}
