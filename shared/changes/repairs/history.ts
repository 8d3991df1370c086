import { begunIn } from '../begun.ts';
import { type Entry, entrySchema, LONGEST_REASON, type NewEntry } from './entries.ts';
import { planPart, type RepairPorts, readKept } from './parts.ts';
import { BusyRecordError } from './records.ts';

const PREFIX = 'entry#';
const TRIES = 20;

/** What happened to a plan: entries are added behind the last one, and none is ever written over. */
export function historyOf({ records, now }: RepairPorts) {
  const entries = async (plan: string): Promise<readonly Entry[]> =>
    (await records.list(planPart(plan), PREFIX)).map(({ sort, body }) =>
      readKept(entrySchema, `${planPart(plan)} ${sort}`, body),
    );
  return {
    entries,
    begun: async (plan: string) => begunIn(await entries(plan)),
    note: async ({ reason, ...entry }: NewEntry): Promise<void> => {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const last = await records.last(planPart(entry.plan), PREFIX);
        const number = last === null ? 1 : Number(last.sort.slice(PREFIX.length)) + 1;
        const body = JSON.stringify({
          ...entry,
          number,
          at: now().toISOString(),
          ...(reason !== undefined && { reason: reason.slice(0, LONGEST_REASON) }),
        });
        if (await records.write(planPart(entry.plan), sortOf(number), body, 0)) return;
      }
      throw new BusyRecordError(planPart(entry.plan), PREFIX);
    },
  };
}

const sortOf = (number: number): string => `${PREFIX}${String(number).padStart(9, '0')}`;
