import type { Evidence } from './record.ts';

/** The most new pairs of an account and day that are kept; beyond, only that there were more. */
export const MOST_PAIRS = 1000;

export interface Kept {
  readonly evidence: readonly Evidence[];
  /** When the first observation of the account was kept; null: never. */
  readonly since: string | null;
  /** Days on which there were more new pairs than are kept. */
  readonly fullDays: readonly string[];
}

/** What was observed, by account. */
export interface EvidenceStore {
  /** What is known of a pair; null: nothing. */
  readonly find: (account: string, pair: string) => Promise<Evidence | null>;
  /** Keeps a pair as it is now. `full`: it is a new one, and the account has had its share for the day. */
  readonly put: (account: string, evidence: Evidence, isNew: boolean) => Promise<'written' | 'full'>;
  readonly all: (account: string) => Promise<Kept>;
}
