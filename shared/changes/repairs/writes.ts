import * as z from 'zod';
import { type Change, canonicalJson, targetKey } from '../change.ts';
import { type RepairPorts, readKept } from './parts.ts';
import { change as changeRecord } from './records.ts';

const writeSchema = z.strictObject({
  plan: z.string().describe('Digest of the plan'),
  at: z.iso.datetime(),
  /** SHA-256 of the states as canonical JSON: enough to know them again. */
  before: z.string(),
  after: z.string(),
});

const rememberedSchema = z.strictObject({ key: z.string(), writes: z.array(writeSchema) });

/** What a verified plan wrote to a target. */
export type Write = z.infer<typeof writeSchema>;

const PART = 'writes';
const MOST = 10;

/** What verified plans wrote, by target: whoever puts it back is its owner. */
export function writes({ records, hash, now }: RepairPorts) {
  const read = (body: string) => readKept(rememberedSchema, PART, body).writes;
  return {
    remember: async (change: Change, plan: string): Promise<void> =>
      changeRecord(records, PART, hash(targetKey(change)), (body) => {
        const known = body === null ? [] : read(body);
        const { before, after } = writeOf(change, hash);
        const write: Write = { plan, at: now().toISOString(), before, after };
        const all = [write, ...known.filter((each) => each.plan !== plan)].slice(0, MOST);
        return { body: JSON.stringify({ key: targetKey(change), writes: all }), result: undefined };
      }),
    tellOnce: async (what: string, plan: string): Promise<boolean> =>
      changeRecord(records, 'told', what, (body) =>
        body === null ? { body: plan, result: true } : { body: null, result: body === plan },
      ),
    remembered: async (change: Change): Promise<readonly Write[]> => {
      const kept = await records.read(PART, hash(targetKey(change)));
      return kept === null ? [] : read(kept.body);
    },
  };
}

/** The states of a change as they are remembered. */
export function writeOf(change: Change, hash: RepairPorts['hash']): Pick<Write, 'before' | 'after'> {
  return { before: hash(canonicalJson(change.before)), after: hash(canonicalJson(change.after)) };
}
