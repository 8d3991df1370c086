import type { AccountReader } from './account-reader.ts';
import { hasEnded } from './accounts/failures.ts';
import { credentialsError } from './credentials-error.ts';
import { AssumeRoleError } from './errors.ts';
import { failureReason } from './failure-reason.ts';
import { partitionNamed } from './partitions.ts';
import type { Reading } from './reading.ts';
import { type Caller, readCaller } from './reads/caller.ts';

/**
 * The reader of another account, through its read role; null, and one gap, when the role cannot be had. Throws
 * ExpiredCredentialsError or NoCredentialsError when the caller's own credentials have ended.
 */
export async function enterAccount(reading: Reading, id: string): Promise<AccountReader | null> {
  try {
    const caller = await readCaller(reading.clients('sts', id, null));
    if (caller.account !== id) throw new Error(`the credentials are those of account ${caller.account}`);
    return accountReader(reading, caller, id);
  } catch (error) {
    if (error instanceof AssumeRoleError && hasEnded(error)) throw credentialsError(error.cause);
    const read = error instanceof AssumeRoleError ? 'sts:AssumeRole' : 'sts:GetCallerIdentity';
    reading.gap(read, { account: id }, failureReason(error));
    return null;
  }
}

/** `credentials`: the account whose read role is used, null for the caller's own credentials. */
export function accountReader(
  reading: Reading,
  { account, partition, arn }: Caller,
  credentials: string | null,
): AccountReader {
  const known = partitionNamed(partition);
  return {
    reading,
    id: account,
    partition,
    known,
    place: { account },
    caller: arn,
    client: (kind, region) => reading.clients(kind, credentials, region ?? known?.iamRegion ?? null),
  };
}
