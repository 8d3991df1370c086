/** Making changes: live state first, then one write, then reading back; and undoing them. */
import { type Change, inverse, isIrreversible, sameState, targetKey } from './change.ts';
import { overtaken } from './same-target.ts';
import { StaleWriteError } from './stale-write.ts';

/** Reads and writes the things that changes change. Every method throws what the call threw. */
export interface World {
  /** The state of a change's target now; null when it does not exist. */
  readonly read: (change: Change) => Promise<Change['before']>;
  /**
   * Makes the target what `after` says; the state before is what `change.before` says. Throws StaleWriteError when it
   * was not, and surely nothing was written.
   */
  readonly write: (change: Change) => Promise<void>;
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
  /** Positions of the changes that an earlier run of this plan began to write and did not undo. */
  readonly begun: (plan: string) => Promise<ReadonlySet<number>>;
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
    | 'undoing'
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
}

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
  /** Some of it stands: locks stay, and a person has to look. */
  | { readonly outcome: 'stopped'; readonly change: number; readonly reason: string };

/**
 * Applies a plan's changes in their order. Each is first compared with what is live: equal to `after` is done already,
 * different from `before` is stale, and nothing more is written. A write that fails or is not seen in time makes
 * everything undone that the plan wrote, by this call or by one that crashed, in reverse; what cannot be undone stops
 * with its locks held. Running it again after a crash goes on where it stopped, since live state decides, and for what is
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
  if (outcome.outcome !== 'stopped' && outcome.outcome !== 'applied') await finish(plan, changes, locks);
  return outcome;
}

/** Takes back what a plan wrote, in reverse, whoever wrote it under this digest; its locks go unless it stops. */
export async function rollBackChanges(
  plan: string,
  changes: readonly Change[],
  reason: string,
  applying: Applying,
): Promise<Outcome> {
  const begun = await applying.journal.begun(plan);
  const outcome = await undo(plan, changes, begun, applying, { index: 0, outcome: 'rolled-back', reason });
  if (outcome.outcome !== 'stopped') await finish(plan, changes, applying.locks);
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
  before: ReadonlySet<number>,
  applying: Applying,
): Promise<Outcome> {
  const written = new Set(before);
  const done = overtaken(changes, before);
  let already = done.size;
  for (const [index, change] of changes.entries()) {
    if (done.has(index)) continue;
    const step = await applyOne(plan, index, change, applying);
    switch (step.kind) {
      case 'already':
        already += 1;
        break;
      case 'written':
        written.add(index);
        break;
      case 'not-written': {
        const { outcome, reason, later } = step;
        return undo(plan, changes, written, applying, { index, outcome, reason, ...(later && { later }) });
      }
      case 'uncertain':
        return undo(plan, changes, written.add(index), applying, {
          index,
          outcome: 'rolled-back',
          reason: step.reason,
        });
    }
  }
  return { outcome: 'applied', written: changes.length - already, already };
}

type Step =
  | { readonly kind: 'already' | 'written' }
  | {
      readonly kind: 'not-written';
      readonly outcome: 'refused' | 'stale';
      readonly reason: string;
      readonly later?: true;
    }
  /** The write may or may not stand. */
  | { readonly kind: 'uncertain'; readonly reason: string };

async function applyOne(
  plan: string,
  index: number,
  change: Change,
  { world, journal, guards, patience }: Applying,
): Promise<Step> {
  const entry = { plan, change: index, target: targetKey(change) };
  let live: Change['before'];
  try {
    for (const guard of guards) {
      const answer = await guard(change, index);
      if (answer.allowed) continue;
      const { reason, later } = answer;
      return { kind: 'not-written', outcome: 'refused', reason, ...(later && { later }) };
    }
    live = await world.read(change);
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
    return { kind: 'not-written', outcome: 'refused', reason: `nothing was written: ${messageOf(error)}` };
  }
  try {
    await world.write(change);
    await journal.record({ ...entry, what: 'written' });
    if (!(await isSeen(change, change.after, world, patience))) {
      return { kind: 'uncertain', reason: 'the change was written and is not seen' };
    }
    await journal.record({ ...entry, what: 'confirmed' });
    return { kind: 'written' };
  } catch (error) {
    if (error instanceof StaleWriteError) {
      await journal.record({ ...entry, what: 'stale', reason: error.message }).catch(() => undefined);
      return { kind: 'not-written', outcome: 'stale', reason: error.message };
    }
    await journal.record({ ...entry, what: 'failed', reason: messageOf(error) }).catch(() => undefined);
    return { kind: 'uncertain', reason: messageOf(error) };
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

/** Undoes what was written, the last first. */
async function undo(
  plan: string,
  changes: readonly Change[],
  written: ReadonlySet<number>,
  applying: Applying,
  { index, outcome, reason, later }: Why,
): Promise<Outcome> {
  for (const at of [...written].sort((a, b) => b - a)) {
    const change = changes[at];
    if (change === undefined) continue;
    const failure = await undoOne(plan, at, change, applying);
    if (failure !== null) return { outcome: 'stopped', change: at, reason: `${reason}; ${failure}` };
  }
  if (written.size > 0) return { outcome: 'rolled-back', change: index, reason };
  return { outcome, change: index, reason, ...(later && { later }) };
}

/** Null when the target is as it was before, else why not. */
async function undoOne(
  plan: string,
  index: number,
  change: Change,
  { world, journal, wayBackGuards, patience }: Applying,
): Promise<string | null> {
  const entry = { plan, change: index, target: targetKey(change) };
  const back = inverse(change);
  try {
    const live = await world.read(change);
    if (sameState(live, change.before)) return null;
    if (back === null || isIrreversible(change)) return 'it cannot be undone';
    if (!sameState(live, change.after))
      return 'it is neither as before nor as planned: somebody else changed it';
    for (const guard of wayBackGuards) {
      const answer = await guard(back, index);
      if (!answer.allowed) return `the way back is barred: ${answer.reason}`;
    }
    await journal.record({ ...entry, what: 'undoing', before: live, after: back.after });
    await world.write(back);
    if (!(await isSeen(back, back.after, world, patience))) return 'the way back was written and is not seen';
    await journal.record({ ...entry, what: 'undone' });
    return null;
  } catch (error) {
    const message = `the way back failed: ${messageOf(error)}`;
    await journal.record({ ...entry, what: 'undo-failed', reason: message }).catch(() => undefined);
    return message;
  }
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);
