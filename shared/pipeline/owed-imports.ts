import type { StoredFinding } from '../findings/stored.ts';

/** A note that Security Hub does not show a finding as it is. */
export interface OwedImport {
  readonly account: string;
  readonly fingerprint: string;
  /** Of this one writing of the note. */
  readonly token: string;
}

/** What Security Hub did not take, one note a finding. Each throws what its medium throws. */
export interface OwedImports {
  /** Notes a finding, also where there is a note of it already. */
  readonly note: (finding: StoredFinding['finding']) => Promise<void>;
  /** Every note. */
  readonly list: () => AsyncIterable<OwedImport>;
  /** The findings as of now by their fingerprints, at most 100; what is forgotten is absent. */
  readonly current: (
    owed: readonly OwedImport[],
  ) => Promise<ReadonlyMap<string, StoredFinding | 'unreadable'>>;
  /** Removes a note, unless it was written anew meanwhile. */
  readonly settle: (owed: OwedImport) => Promise<void>;
}
