import type { Evidence, Noted } from './record.ts';

/** The most new pairs of an account and day that are kept; beyond, only that there were more. */
export const MOST_PAIRS = 1000;

export interface Kept {
  readonly evidence: readonly Evidence[];
  /** When the first observation of the account was kept; null: never. */
  readonly since: string | null;
  /** Days on which there were more new pairs than are kept. */
  readonly fullDays: readonly string[];
}

/** A pair as it is kept, and the name of this state: another write gives another one. */
export interface Found extends Noted {
  readonly revision: string;
}

/** How an account's day stands. */
export interface Day {
  /** No further pair of the day is kept. */
  readonly full: boolean;
  /** Time of the refusal that an evaluation was last asked for although it is not kept; null: none. */
  readonly asked: string | null;
}

/** What was observed, by account. */
export interface EvidenceStore {
  /** What is known of a pair; null: nothing. */
  readonly find: (account: string, pair: string) => Promise<Found | null>;
  /**
   * Keeps a pair if it is still in the state `revision`, null for a new one. `conflict`: it is in another one, or somebody
   * else writes just now; nothing was written. `full`: it is new, and the account has had its share for the day.
   */
  readonly put: (
    account: string,
    noted: Noted,
    revision: string | null,
  ) => Promise<'written' | 'conflict' | 'full'>;
  readonly day: (account: string, day: string) => Promise<Day>;
  /** Remembers that a day had more new pairs than are kept, and which of their refusals asked for an evaluation. */
  readonly markFull: (account: string, day: string, asked: string | null) => Promise<void>;
  readonly all: (account: string) => Promise<Kept>;
}
