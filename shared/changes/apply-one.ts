/** One change: live state first, then one write, then reading back. */
import type { Applying } from './applying.ts';
import { type Begun, begunAt } from './begun.ts';
import { type Change, sameState, targetKey } from './change.ts';
import { isSeen, messageOf, type Place } from './seen.ts';
import { FailedWriteError, RefusedWriteError, StaleWriteError } from './write-errors.ts';

/** What became of one change. */
type Step =
  | { readonly kind: 'already' }
  | { readonly kind: 'written'; readonly begun: Begun }
  | {
      readonly kind: 'not-written';
      readonly outcome: 'refused' | 'stale' | 'rolled-back';
      readonly reason: string;
      readonly later?: true;
    }
  /** It was taken, and is to be taken back. */
  | { readonly kind: 'failed'; readonly begun: Begun; readonly reason: string }
  /** The write may or may not stand. */
  | { readonly kind: 'unseen'; readonly reason: string };

/**
 * Makes one change, or goes on with what an earlier run of the plan sent. Nothing is written unless every guard allows it
 * and what is live is what the plan was made for. Throws nothing.
 */
export async function applyOne(
  plan: string,
  index: number,
  change: Change,
  earlier: Begun | null,
  applying: Applying,
): Promise<Step> {
  const { world, journal, guards } = applying;
  const entry = { plan, change: index, target: targetKey(change) };
  try {
    const step = earlier === null ? null : await resume(entry, change, earlier, applying);
    if (step !== null) return step;
    for (const guard of guards) {
      const answer = await guard(change, index);
      if (answer.allowed) continue;
      const { reason, later } = answer;
      return { kind: 'not-written', outcome: 'refused', reason, ...(later && { later }) };
    }
    const live = await world.read(change);
    if (sameState(live, change.after)) {
      await journal.record({ ...entry, what: 'already' });
      return { kind: 'already' };
    }
    if (!sameState(live, change.before)) {
      const reason = 'it is not as it was when the plan was made: make a new plan';
      await journal.record({ ...entry, what: 'stale', before: live, reason });
      return { kind: 'not-written', outcome: 'stale', reason };
    }
    await journal.record({ ...entry, what: 'writing', before: live, after: change.after });
  } catch (error) {
    if (earlier !== null) return { kind: 'unseen', reason: `it could not be read: ${messageOf(error)}` };
    return { kind: 'not-written', outcome: 'refused', reason: `nothing was written: ${messageOf(error)}` };
  }
  return send(entry, change, earlier, applying);
}

/** Goes on with what an earlier run sent: what is there, or was taken and is still to be seen, is not sent once more. */
async function resume(
  entry: Place,
  change: Change,
  earlier: Begun,
  applying: Applying,
): Promise<Step | null> {
  const live = await applying.world.read(change);
  if (sameState(live, change.after)) {
    await applying.journal.record({ ...entry, what: 'already' });
    return { kind: 'already' };
  }
  if (earlier.unanswered !== null || !sameState(live, change.before)) return null;
  return look(entry, change, earlier, WRITTEN, applying);
}

const WRITTEN = 'the change was written and is not seen';

async function send(entry: Place, change: Change, earlier: Begun | null, applying: Applying): Promise<Step> {
  const { world, journal } = applying;
  const now = applying.now().getTime();
  const begun = earlier ?? begunAt(now);
  try {
    await world.write(change, String(entry.change));
    await journal.record({ ...entry, what: 'written' });
    return look(entry, change, begun, WRITTEN, applying);
  } catch (error) {
    const reason = messageOf(error);
    // Of an earlier request that says nothing.
    if (error instanceof StaleWriteError) {
      await journal.record({ ...entry, what: 'stale', reason }).catch(() => undefined);
      if (earlier !== null) return look(entry, change, begun, reason, applying);
      return { kind: 'not-written', outcome: 'stale', reason };
    }
    if (error instanceof RefusedWriteError) {
      await journal.record({ ...entry, what: 'not-written', reason }).catch(() => undefined);
      if (earlier !== null) return look(entry, change, begun, reason, applying);
      return { kind: 'not-written', outcome: 'rolled-back', reason };
    }
    if (error instanceof FailedWriteError) {
      await journal.record({ ...entry, what: 'written' }).catch(() => undefined);
      await journal.record({ ...entry, what: 'failed', reason }).catch(() => undefined);
      return { kind: 'failed', begun, reason };
    }
    await journal.record({ ...entry, what: 'failed', reason }).catch(() => undefined);
    return look(entry, change, { ...begun, unanswered: applying.now().getTime() }, reason, applying);
  }
}

/** Whether a write that was sent is there by now. */
async function look(
  entry: Place,
  change: Change,
  begun: Begun,
  reason: string,
  { world, journal, patience }: Applying,
): Promise<Step> {
  try {
    if (!(await isSeen(change, change.after, world, patience))) return { kind: 'unseen', reason };
    await journal.record({ ...entry, what: 'confirmed' });
    return { kind: 'written', begun };
  } catch (error) {
    return { kind: 'unseen', reason: `${reason}; ${messageOf(error)}` };
  }
}
