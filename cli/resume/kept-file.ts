import { gunzipSync, gzipSync } from 'node:zlib';
import type { AccountReading } from '../../shared/aws/accounts/kept-readings.ts';
import { checkSnapshot } from '../../shared/estate/parse-snapshot.ts';
import { SNAPSHOT_VERSION } from '../../shared/estate/snapshot.ts';

/** Version of the form in which a reading is kept. */
export const KEPT_VERSION = 1;

/** A kept reading is taken over within so many hours, then the account is read again. */
export const KEPT_HOURS = 12;

/** More than any account unpacks to: a file that claims more is none of ours. */
const MOST_BYTES = 512 * 1024 * 1024;
/** By how much the clocks of two runs may differ. */
const SKEW_MILLISECONDS = 5 * 60_000;

/** What a kept reading has to be of. */
export interface Expected {
  readonly account: string;
  /** Digest of what decides what a reading holds. */
  readonly scope: string;
  readonly now: Date;
}

/** A reading, or in a few words why the account is read anew. */
type Kept = { readonly reading: AccountReading } | { readonly why: string };

/** The bytes of a kept reading. */
export function packed({ account, coverage, takenAt }: AccountReading, scope: string): Buffer {
  return gzipSync(JSON.stringify({ keptVersion: KEPT_VERSION, scope, takenAt, account, coverage }));
}

/** The account of a reading that this run has kept or checked itself. Throws when the bytes are damaged. */
export function accountIn(bytes: Buffer): AccountReading['account'] {
  const { account }: Pick<AccountReading, 'account'> = JSON.parse(
    gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8'),
  );
  return account;
}

/** Unpacks a kept reading. Trusts nothing: whatever is not what was to be kept says why. Never throws. */
export function unpacked(bytes: Buffer, expected: Expected): Kept {
  let data: unknown;
  try {
    data = JSON.parse(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8'));
  } catch {
    return { why: 'it is damaged' };
  }
  if (typeof data !== 'object' || data === null) return { why: 'it is damaged' };
  const { keptVersion, scope, takenAt, account, coverage }: Readonly<Record<string, unknown>> = { ...data };
  if (keptVersion !== KEPT_VERSION) return { why: 'another version of podtrust wrote it' };
  if (scope !== expected.scope) return { why: 'it was kept for other arguments' };
  // The schema of snapshots is the schema of what is in them.
  const parsed = checkSnapshot({
    schemaVersion: SNAPSHOT_VERSION,
    takenAt,
    accounts: [account],
    coverage,
  });
  if (!('snapshot' in parsed)) return { why: 'it is not in the form of a snapshot' };
  return ofAccount(parsed.snapshot, expected);
}

function ofAccount(
  {
    accounts: [account],
    coverage,
    takenAt,
  }: Omit<AccountReading, 'account'> & {
    readonly accounts: readonly AccountReading['account'][];
  },
  expected: Expected,
): Kept {
  const foreign = coverage.some((gap) => gap.account !== undefined && gap.account !== expected.account);
  if (account?.id !== expected.account || foreign) return { why: 'it is of another account' };
  const age = expected.now.getTime() - Date.parse(takenAt);
  if (age < -SKEW_MILLISECONDS) return { why: 'it is dated in the future' };
  if (age > KEPT_HOURS * 3_600_000) return { why: `it is older than ${KEPT_HOURS} hours` };
  return { reading: { account, coverage, takenAt } };
}
