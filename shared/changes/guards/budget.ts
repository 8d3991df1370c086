import type { Verdict } from '../applying.ts';
import type { Reading } from './reading.ts';

/** Writes that were allowed in one account within one hour, each by its name; one that is repeated counts once. */
export type Spent = readonly string[];

/** What is spent with one more write, or null when the budget has nothing left for it. */
export function spentWith(spent: Spent, write: string, budget: number): Spent | null {
  if (spent.includes(write)) return spent;
  return spent.length < budget ? [...spent, write] : null;
}

/** The hour that a moment belongs to, UTC. */
export function hourOf(now: Date): string {
  return now.toISOString().slice(0, 13);
}

/** `granted`: whether the budget had one write left and gave it. */
export function decideBudget(granted: Reading<boolean>, budget: number): Verdict {
  if (!granted.known)
    return { allowed: false, reason: `the budget could not be read (${granted.reason})`, later: true };
  if (granted.value) return { allowed: true };
  return {
    allowed: false,
    reason: `the budget of this hour is spent: ${budget} writes in one account (fixes.budgetPerAccountAndHour)`,
    later: true,
  };
}
