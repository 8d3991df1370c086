import { targetKey } from '../../changes/change.ts';
import type { Plan } from '../../changes/plan.ts';
import { netChanges } from '../../changes/same-target.ts';
import { isReverted } from './leave.ts';
import type { PlanPorts } from './plan.ts';

/** After a write of podtrust's own its target is left in peace for so long: what follows it is the verification's. */
const QUIET_MINUTES = 15;

/** Why a target is left in peace for now; `seconds`: for how long, where that is known. */
export interface Busy {
  readonly reason: string;
  readonly seconds?: number;
}

/** Whether another plan holds a target, or podtrust wrote to it a moment ago; null where neither is so. */
export async function busyWith(
  { changes }: Plan,
  { store, hash, now }: Pick<PlanPorts, 'store' | 'hash' | 'now'>,
): Promise<Busy | null> {
  for (const change of netChanges(changes)) {
    const holder = await store.locks.holder(targetKey(change));
    if (holder !== null) return { reason: `plan ${holder} is changing ${targetKey(change)}` };
    const [last] = await store.remembered(change);
    if (last === undefined || isReverted(change, [last], hash)) continue;
    const left = Date.parse(last.at) + QUIET_MINUTES * 60_000 - now().getTime();
    if (left > 0)
      return {
        reason: `podtrust itself wrote ${targetKey(change)} a moment ago (plan ${last.plan})`,
        seconds: Math.ceil(left / 1000),
      };
  }
  return null;
}
