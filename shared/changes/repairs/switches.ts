import * as z from 'zod';
import type { KillSwitch } from '../guards/kill-switch.ts';
import { type RepairPorts, readKept } from './parts.ts';
import { change } from './records.ts';

const switchSchema = z.strictObject({
  engaged: z.boolean(),
  by: z.string().max(2048),
  at: z.iso.datetime(),
  reason: z.string().max(1000),
});

const [PART, SORT] = ['switch', 'kill'];

/** The kill switch: whoever never turned it left it off. */
export function switches({ records, now }: RepairPorts) {
  return {
    killSwitch: async (): Promise<KillSwitch> => {
      const kept = await records.read(PART, SORT);
      if (kept === null) return { engaged: false, note: '' };
      const { engaged, by, at, reason } = readKept(switchSchema, 'switch kill', kept.body);
      return { engaged, note: ` (${by} at ${at}: ${reason})` };
    },
    turnKillSwitch: async (engaged: boolean, by: string, reason: string): Promise<void> =>
      change(records, PART, SORT, () => ({
        body: JSON.stringify({ engaged, by, at: now().toISOString(), reason }),
        result: undefined,
      })),
  };
}
