/** Taking back what a plan wrote. */
import { type Applying, type Journal, LATE_SECONDS, type Outcome, SIGHT_SECONDS } from './applying.ts';
import type { Begun } from './begun.ts';
import { type Change, inverse, isIrreversible, sameState, showsAtOnce, targetKey } from './change.ts';
import { isSeen, messageOf, type Place } from './seen.ts';
import { FailedWriteError, RefusedWriteError, StaleWriteError } from './write-errors.ts';

/** Why a plan is taken back, and what it ends as when nothing of it stands. */
interface Why {
  readonly index: number;
  readonly outcome: 'refused' | 'stale' | 'rolled-back';
  readonly reason: string;
  readonly later?: true;
}

/** Undoes what was begun, the last first. */
export async function takeBack(
  plan: string,
  changes: readonly Change[],
  begun: ReadonlyMap<number, Begun>,
  applying: Applying,
  { index, outcome, reason, later }: Why,
): Promise<Outcome> {
  for (const [at, sent] of [...begun].sort(([a], [b]) => b - a)) {
    const change = changes[at];
    if (change === undefined) continue;
    const undone = await undoOne(plan, at, change, sent, applying);
    if (undone !== null)
      return { outcome: undone.outcome, change: at, reason: `${reason}; ${undone.reason}` };
  }
  if (begun.size > 0) return { outcome: 'rolled-back', change: index, reason };
  return { outcome, change: index, reason, ...(later && { later }) };
}

/** Why a change is not taken back, or not yet. */
interface NotUndone {
  readonly outcome: 'stopped' | 'unseen';
  readonly reason: string;
}

const stopped = (reason: string): NotUndone => ({ outcome: 'stopped', reason });
const unseen = (reason: string): NotUndone => ({ outcome: 'unseen', reason });

/**
 * Null when the target is as it was before, else why not. A read that shows it so is no proof: what was sent may stand and
 * not be seen, or arrive yet. So requests that nobody answered are waited for until they are too old to arrive, and then
 * the state before is written, whatever is read.
 */
async function undoOne(
  plan: string,
  index: number,
  change: Change,
  begun: Begun,
  applying: Applying,
): Promise<NotUndone | null> {
  const { world, journal, wayBackGuards } = applying;
  const now = applying.now().getTime();
  const entry = { plan, change: index, target: targetKey(change) };
  const back = inverse(change);
  try {
    const live = await world.read(change);
    const isBefore = sameState(live, change.before);
    if (!isBefore && !sameState(live, change.after))
      return stopped('it is neither as before nor as planned: somebody else changed it');
    if (begun.unanswered !== null && now - begun.unanswered < LATE_SECONDS * 1000)
      return unseen('a write of it was not answered, and may arrive yet');
    if (isBefore && showsAtOnce(change)) return null;
    if (back === null || isIrreversible(change))
      return stopped(isBefore ? 'it may stand unseen, and cannot be undone' : 'it cannot be undone');
    const since = begun.undoing ?? now;
    if (begun.isTakenBack) return await lookBack(entry, back, since, applying);
    for (const guard of wayBackGuards) {
      const answer = await guard(back, index);
      if (!answer.allowed) return stopped(`the way back is barred: ${answer.reason}`);
    }
    await journal.record({ ...entry, what: 'undoing', before: live, after: back.after });
    return await sendBack(entry, back, isBefore, since, applying);
  } catch (error) {
    return notUndone(entry, error, journal);
  }
}

async function sendBack(
  entry: Place,
  back: Change,
  isBefore: boolean,
  since: number,
  applying: Applying,
): Promise<NotUndone | null> {
  const { world, journal } = applying;
  try {
    const request = `${entry.change} back`;
    await (isBefore ? world.writeAnyway(back, request) : world.write(back, request));
    await journal.record({ ...entry, what: 'undo-written' });
  } catch (error) {
    const result = await notUndone(entry, error, journal);
    return isSure(error) ? result : again(result.reason, since, applying);
  }
  return lookBack(entry, back, since, applying);
}

async function lookBack(
  entry: Place,
  back: Change,
  since: number,
  applying: Applying,
): Promise<NotUndone | null> {
  const { world, journal, patience } = applying;
  try {
    if (!(await isSeen(back, back.after, world, patience)))
      return again('the way back was written and is not seen', since, applying);
  } catch (error) {
    return again(`the way back was written and is not seen: ${messageOf(error)}`, since, applying);
  }
  await journal.record({ ...entry, what: 'undone' });
  return null;
}

/** It is looked at again by and by, for so long. */
const again = (reason: string, since: number, { now }: Applying): NotUndone =>
  now().getTime() - since < SIGHT_SECONDS * 1000 ? unseen(reason) : stopped(reason);

/** True for a write of which it is known that it does not stand, or not all of it. */
const isSure = (error: unknown): boolean =>
  error instanceof StaleWriteError || error instanceof RefusedWriteError || error instanceof FailedWriteError;

async function notUndone(entry: Place, error: unknown, journal: Journal): Promise<NotUndone> {
  const reason = `the way back failed: ${messageOf(error)}`;
  await journal.record({ ...entry, what: 'undo-failed', reason }).catch(() => undefined);
  return stopped(reason);
}
