/** Making the changes of a plan in their order, and undoing them. */
import { applyOne } from './apply-one.ts';
import type { Applying, Locks, Outcome } from './applying.ts';
import type { Begun } from './begun.ts';
import { type Change, targetKey } from './change.ts';
import { overtaken } from './same-target.ts';
import { takeBack } from './take-back.ts';

/**
 * Applies a plan's changes in their order. Each is first compared with what is live: equal to `after` is done already,
 * different from `before` is stale, and nothing more is written. A write that was sent and is not seen in time is neither
 * there nor not there: the plan is `unseen`, and run again goes on with it. What is refused, stale or fails makes
 * everything undone that the plan wrote, by this call or by one that crashed, in reverse; what cannot be undone stops with
 * its locks held. Running it again after a crash goes on where it stopped, since live state decides, and for what is
 * deleted and made anew the journal: it looks alike before and after. The locks of what was applied are held until
 * `finish`: it is still to be verified. Throws what the journal throws that is asked first, with its locks as they are:
 * nobody can tell then what stands.
 */
export async function applyChanges(
  plan: string,
  changes: readonly Change[],
  applying: Applying,
): Promise<Outcome> {
  const { locks, journal } = applying;
  const begun = await journal.begun(plan);
  const held: string[] = [];
  for (const key of lockKeys(changes)) {
    if (await locks.acquire(key, plan)) held.push(key);
    else {
      // Of a call that crashed what it wrote is still under them.
      if (begun.size === 0) for (const one of held) await locks.release(one, plan);
      return { outcome: 'refused', change: 0, reason: `another plan is changing ${key}`, later: true };
    }
  }
  const outcome = await applyInTurn(plan, changes, begun, applying);
  if (isOver(outcome)) await finish(plan, changes, locks);
  return outcome;
}

/** Nothing of it stands. */
const isOver = ({ outcome }: Outcome): boolean =>
  outcome !== 'stopped' && outcome !== 'applied' && outcome !== 'unseen';

/**
 * Takes back what a plan wrote, in reverse, whoever wrote it under this digest; its locks go unless it stops, or something
 * is `unseen` and it is to be run again.
 */
export async function rollBackChanges(
  plan: string,
  changes: readonly Change[],
  reason: string,
  applying: Applying,
): Promise<Outcome> {
  const begun = await applying.journal.begun(plan);
  const outcome = await takeBack(plan, changes, begun, applying, {
    index: 0,
    outcome: 'rolled-back',
    reason,
  });
  if (isOver(outcome)) await finish(plan, changes, applying.locks);
  return outcome;
}

/** Lets go of a plan's targets. */
export async function finish(plan: string, changes: readonly Change[], locks: Locks): Promise<void> {
  for (const key of lockKeys(changes)) await locks.release(key, plan);
}

const lockKeys = (changes: readonly Change[]): string[] => [...new Set(changes.map(targetKey))].sort();

async function applyInTurn(
  plan: string,
  changes: readonly Change[],
  before: ReadonlyMap<number, Begun>,
  applying: Applying,
): Promise<Outcome> {
  if ([...before.values()].some(({ isGoingBack }) => isGoingBack)) {
    const reason = 'its way back had begun';
    return takeBack(plan, changes, before, applying, { index: 0, outcome: 'rolled-back', reason });
  }
  const begun = new Map(before);
  const done = overtaken(changes, new Set(before.keys()));
  let already = done.size;
  for (const [index, change] of changes.entries()) {
    if (done.has(index)) continue;
    const step = await applyOne(plan, index, change, begun.get(index) ?? null, applying);
    switch (step.kind) {
      case 'already':
        already += 1;
        break;
      case 'written':
        begun.set(index, step.begun);
        break;
      case 'unseen':
        return { outcome: 'unseen', change: index, reason: step.reason };
      case 'not-written': {
        const { outcome, reason, later } = step;
        return takeBack(plan, changes, begun, applying, { index, outcome, reason, ...(later && { later }) });
      }
      case 'failed':
        begun.set(index, step.begun);
        return takeBack(plan, changes, begun, applying, {
          index,
          outcome: 'rolled-back',
          reason: step.reason,
        });
    }
  }
  return { outcome: 'applied', written: changes.length - already, already };
}
