/** Plans that change one thing more than once: what is made anew goes first, and comes back. */
import { type Change, targetKey } from './change.ts';

/** The last change of each target, in the order of the plan: what has to stand when all of it was made. */
export function lastOfEach<C extends Pick<Change, 'kind' | 'target'>>(changes: readonly C[]): C[] {
  const last = new Map(changes.map((change, index) => [targetKey(change), index]));
  return changes.filter((change, index) => last.get(targetKey(change)) === index);
}

/** One change for each target, from what it was to what it ends as: what a plan did in the end. */
export function netChanges(changes: readonly Change[]): Change[] {
  const first = new Map([...changes].reverse().map((change) => [targetKey(change), change.before]));
  return lastOfEach(changes).map((last) => from(last, first.get(targetKey(last)) ?? null));
}

/**
 * Positions after which their target was begun to be written again: they took place, whatever is live now, since a later
 * change is begun only when the earlier one was seen. What was made anew may look as it did before it was deleted.
 */
export function overtaken(changes: readonly Change[], begun: ReadonlySet<number>): ReadonlySet<number> {
  const last = new Map([...begun].sort((a, b) => a - b).map((index) => [keyAt(changes, index), index]));
  return new Set([...changes.keys()].filter((index) => index < (last.get(keyAt(changes, index)) ?? 0)));
}

function keyAt(changes: readonly Change[], index: number): string {
  const change = changes[index];
  return change === undefined ? '' : targetKey(change);
}

/** Both states are of one target, and so of one kind. */
function from<C extends Change>(change: C, before: Change['before']): C {
  return { ...change, before };
}
