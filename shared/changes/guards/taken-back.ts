import type { Verdict } from '../applying.ts';
import { type Change, canonicalJson, inverse } from '../change.ts';
import type { Plan } from '../plan.ts';
import type { Standing } from '../repairs/entries.ts';
import type { Reading } from './reading.ts';

/** What takes changes back: each turned around, the last first; null where one cannot be. */
export function takingBack(changes: readonly Change[]): Change[] | null {
  const back = [...changes].reverse().map(inverse);
  return back.includes(null) ? null : back.filter((change) => change !== null);
}

/** The plan that another takes back, and where it stands. */
export interface Taken {
  readonly plan: Plan;
  readonly standing: Standing;
}

/** Whether a plan that is to take another back does just that, and the other one stands verified. */
export function decideTakesBack({ changes }: Pick<Plan, 'changes'>, taken: Reading<Taken>): Verdict {
  if (!taken.known) return no(`the plan that it takes back could not be read (${taken.reason})`);
  const { plan, standing } = taken.value;
  if (standing !== 'verified')
    return no(`the plan that it takes back is ${standing}: only what was applied and verified is taken back`);
  const back = takingBack(plan.changes);
  return back !== null && canonicalJson(back) === canonicalJson(changes)
    ? { allowed: true }
    : no('it is not the way back of the plan that it takes back');
}

const no = (reason: string): Verdict => ({ allowed: false, reason });
