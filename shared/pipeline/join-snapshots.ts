import { type Account, type CoverageGap, SNAPSHOT_VERSION, type Snapshot } from '../estate/snapshot.ts';

/** An account whose collection failed as a whole. */
export interface UnreadAccount {
  readonly account: string;
  readonly reason: string;
}

/** The read that a whole account is missing by: what `collect` could not finish. */
export const WHOLE_ACCOUNT = 'podtrust:collect';

/**
 * Several accounts as one snapshot: as old as the oldest of them, and with a gap for each account that was not read.
 * `accounts` holds one account in each snapshot; the first of two with the same id counts.
 */
export function joinSnapshots(
  snapshots: readonly [Snapshot, ...Snapshot[]] | readonly Snapshot[],
  unread: readonly UnreadAccount[],
  now: string,
): Snapshot {
  const accounts = new Map<string, Account>();
  const coverage: CoverageGap[] = [];
  for (const snapshot of snapshots) {
    for (const account of snapshot.accounts) {
      if (!accounts.has(account.id)) accounts.set(account.id, account);
    }
    coverage.push(...snapshot.coverage);
  }
  for (const { account, reason } of unread) {
    coverage.push({ account, read: WHOLE_ACCOUNT, reason: reason.slice(0, 1000) });
  }
  const takenAt = snapshots.map((each) => each.takenAt).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  return {
    schemaVersion: SNAPSHOT_VERSION,
    takenAt: takenAt ?? now,
    accounts: [...accounts.values()],
    coverage,
  };
}
