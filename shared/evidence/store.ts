import { CALLS, type Evidence, type Noted } from './record.ts';

/** The most new pairs of an account and share of a day that are kept; beyond, only that there were more. */
export const MOST_PAIRS = 1000;

/** Since when a part of the account's observations is kept, and what is missing of it. */
export interface Span {
  /** When its first observation was kept; null: never. */
  readonly since: string | null;
  /** Days on which there were more new pairs than are kept. */
  readonly fullDays: readonly string[];
}

/** All observations of an account; `since` and `fullDays` are of sessions, given and refused. */
export interface Kept extends Span {
  readonly evidence: readonly Evidence[];
  /** Of calls that were refused with a role that a pod had. */
  readonly calls: Span;
}

/** A pair as it is kept, and the name of this state: another write gives another one. */
export interface Found extends Noted {
  readonly revision: string;
}

/** How an account's share of a day stands. */
export interface Day {
  /** No further pair of it is kept. */
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
  /** How a share of a day stands: `shareOf` names it. */
  readonly day: (account: string, share: string) => Promise<Day>;
  /** Remembers that a share had more new pairs than are kept, and which of their refusals asked for an evaluation. */
  readonly markFull: (account: string, share: string, asked: string | null) => Promise<void>;
  readonly all: (account: string) => Promise<Kept>;
}

/** The spans of an account, from the names of all shares that were full. */
export function spansOf(
  since: string | null,
  callsSince: string | null,
  full: readonly string[],
): Span & { readonly calls: Span } {
  const fullDays = full.filter((share) => !share.startsWith(CALLS));
  const calls = full.flatMap((share) => (share.startsWith(CALLS) ? [share.slice(CALLS.length)] : []));
  return { since, fullDays, calls: { since: callsSince, fullDays: calls } };
}
