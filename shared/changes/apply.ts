/** Making changes: live state first, then one write, then reading back; and undoing them. */
import { type Begun, begunAt } from './begun.ts';
import { type Change, inverse, isIrreversible, sameState, showsAtOnce, targetKey } from './change.ts';
import { overtaken } from './same-target.ts';
import { FailedWriteError, RefusedWriteError, StaleWriteError } from './write-errors.ts';

/** Reads and writes the things that changes change. Every method throws what the call threw. */
export interface World {
  /** The state of a change's target now; null when it does not exist. */
  readonly read: (change: Change) => Promise<Change['before']>;
  /**
   * Makes the target what `after` says; the state before is what `change.before` says. Throws StaleWriteError when it
   * was not, RefusedWriteError when surely nothing was written otherwise, and FailedWriteError when it was taken and not
   * carried out. After any other error nobody knows. `request` names it among those of the plan: by the same name it is
   * the same request once more, whoever sends it.
   */
  readonly write: (change: Change, request?: string) => Promise<void>;
  /** The same where it looks as if it were so already: a write that is not seen may stand. */
  readonly writeAnyway: (change: Change, request?: string) => Promise<void>;
}

/** Keeps others from changing the same thing at the same time. */
export interface Locks {
  /** False when another holder has it. */
  readonly acquire: (key: string, holder: string) => Promise<boolean>;
  readonly release: (key: string, holder: string) => Promise<void>;
}

/** What happened, in order, before and after each write; nothing is written that could not be recorded first. */
export interface Journal {
  readonly record: (entry: JournalEntry) => Promise<void>;
  /** By position the changes that an earlier run of this plan began to write and did not undo. */
  readonly begun: (plan: string) => Promise<ReadonlyMap<number, Begun>>;
}

export interface JournalEntry {
  /** Digest of the plan. */
  readonly plan: string;
  /** Position of the change in the plan. */
  readonly change: number;
  readonly what:
    | 'writing'
    | 'written'
    | 'confirmed'
    | 'already'
    | 'stale'
    | 'failed'
    | 'not-written'
    | 'undoing'
    | 'undo-written'
    | 'undone'
    | 'undo-failed';
  readonly target: string;
  /** Live state before the write: the before-image. */
  readonly before?: Change['before'];
  readonly after?: Change['before'];
  readonly reason?: string;
}

/** What a guard says; `later`: the same question may be answered otherwise by and by. */
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string; readonly later?: true };

/** Read right before each write, failing closed: whoever cannot say yes says no. */
export type Guard = (change: Change, index: number) => Promise<Verdict>;

export interface Patience {
  /** Waits before reading back again, milliseconds each. */
  readonly waits: readonly number[];
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface Applying {
  readonly world: World;
  readonly locks: Locks;
  readonly journal: Journal;
  readonly guards: readonly Guard[];
  /** Read before each write of the way back: what stops that, too. */
  readonly wayBackGuards: readonly Guard[];
  readonly patience: Patience;
  readonly now: () => Date;
}

/**
 * How long a request may arrive after it was sent: AWS refuses one that is older than five minutes (IAM user guide,
 * "Elements of an AWS API request signature"), an API server ends one sooner; a minute for clocks.
 */
export const LATE_SECONDS = 360;

/** How long a write that was sent is waited for until it is taken back, and its way back until the plan stops. */
export const SIGHT_SECONDS = 1800;

export type Outcome =
  | { readonly outcome: 'applied'; readonly written: number; readonly already: number }
  /** Nothing stands that the plan wrote. */
  | {
      readonly outcome: 'refused' | 'stale' | 'rolled-back';
      readonly change: number;
      readonly reason: string;
      /** It may go by and by: a window opens, a budget is renewed, another plan ends. */
      readonly later?: true;
    }
  /** Something was sent, and nobody can say yet whether it stands: locks stay, and the plan is to be run again. */
  | { readonly outcome: 'unseen'; readonly change: number; readonly reason: string }
  /** Some of it may stand: locks stay, and a person has to look. */
  | { readonly outcome: 'stopped'; readonly change: number; readonly reason: string };

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
  const outcome = await undo(plan, changes, begun, applying, { index: 0, outcome: 'rolled-back', reason });
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
    return undo(plan, changes, before, applying, { index: 0, outcome: 'rolled-back', reason });
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
        return undo(plan, changes, begun, applying, { index, outcome, reason, ...(later && { later }) });
      }
      case 'failed':
        begun.set(index, step.begun);
        return undo(plan, changes, begun, applying, { index, outcome: 'rolled-back', reason: step.reason });
    }
  }
  return { outcome: 'applied', written: changes.length - already, already };
}

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

async function applyOne(
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

type Place = Pick<JournalEntry, 'plan' | 'change' | 'target'>;

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

/** Reads until the target is as wanted, as long as patience lasts: IAM is eventually consistent. */
async function isSeen(
  change: Change,
  wanted: Change['before'],
  world: World,
  { waits, sleep }: Patience,
): Promise<boolean> {
  if (sameState(await world.read(change), wanted)) return true;
  for (const wait of waits) {
    await sleep(wait);
    if (sameState(await world.read(change), wanted)) return true;
  }
  return false;
}

interface Why {
  readonly index: number;
  readonly outcome: 'refused' | 'stale' | 'rolled-back';
  readonly reason: string;
  readonly later?: true;
}

/** Undoes what was begun, the last first. */
async function undo(
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

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);
