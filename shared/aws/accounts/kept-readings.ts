import type { Account, CoverageGap } from '../../estate/snapshot.ts';

/** What was read of one account: no secrets in it, in canonical order. */
export interface AccountReading {
  readonly account: Account;
  readonly coverage: readonly CoverageGap[];
  /** When the collection began that read it. */
  readonly takenAt: string;
}

/** What decides what a reading of an account holds: a reading of another scope is not taken over. */
export interface ReadingScope {
  /** Account and role of the caller. */
  readonly caller: string;
  /** Id of the organization; null when it was not told. */
  readonly organization: string | null;
  readonly accounts: readonly string[];
}

/** Keeps the readings of finished accounts, so that a collection that was interrupted goes on where it was. Never rejects. */
export interface KeptReadings {
  /** The reading that was kept of an account, null when it is to be read. */
  readonly find: (account: string) => Promise<AccountReading | null>;
  readonly keep: (reading: AccountReading) => Promise<void>;
}

/** Keeps nothing: every account is read. */
export const keepNothing: KeptReadings = {
  find: async () => null,
  keep: async () => undefined,
};
