/** What applying a plan needs, and how it can end. */
import type { Begun } from './begun.ts';
import type { Change } from './change.ts';

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
