import type { Account, CoverageGap } from '../../estate/snapshot.ts';
import { readAccount } from '../account.ts';
import type { AccountReader } from '../account-reader.ts';
import type { Clients } from '../clients.ts';
import { credentialsError } from '../credentials-error.ts';
import { AssumeRoleError } from '../errors.ts';
import { failureReason } from '../failure-reason.ts';
import type { ReadKubernetes } from '../kubernetes-reader.ts';
import { partitionNamed } from '../partitions.ts';
import type { Progress } from '../progress.ts';
import { type Reading, startReading } from '../reading.ts';
import { type Caller, readCaller } from '../reads/caller.ts';
import { hasEnded } from './failures.ts';

/** Reads one account. Rejects only with what ends the whole collection. */
export type ReadOne = (
  account: string,
  tell: (progress: Progress) => void,
) => Promise<{
  readonly account: Account;
  readonly coverage: readonly CoverageGap[];
  /** True when a read failed for a reason that may be gone the next time. */
  readonly mayChange: boolean;
}>;

interface ReadOnePorts {
  readonly clients: Clients;
  /** Whose credentials the clients have. */
  readonly caller: Caller;
  /** Look for clusters in these regions only. */
  readonly only?: ReadonlySet<string>;
  /** Most calls that are under way at once in one account. */
  readonly concurrency: number;
  readonly kubernetes?: ReadKubernetes;
}

/**
 * The caller's own account with the caller's credentials, any other through its read role. Each has its own limit of calls
 * and, in its clients, its own retries: one that is throttled holds up no other. Rejects with ExpiredCredentialsError or
 * NoCredentialsError when the caller's credentials end on the way.
 */
export function readOneOf({ clients, caller, only, concurrency, kubernetes }: ReadOnePorts): ReadOne {
  return async (id, tell) => {
    const reading = startReading(clients, concurrency, tell, kubernetes);
    const entered = id === caller.account ? caller : await enter(reading, id);
    const credentials = id === caller.account ? null : id;
    const account =
      entered === null
        ? { id, partition: caller.partition }
        : await readAccount(reader(reading, entered, credentials), only);
    return { account, coverage: reading.gaps, mayChange: reading.failedInPassing() };
  };
}

/** Who podtrust is in another account; null when the role cannot be had, which is one gap. */
async function enter(reading: Reading, id: string): Promise<Caller | null> {
  try {
    const caller = await readCaller(reading.clients('sts', id, null));
    if (caller.account !== id) throw new Error(`the credentials are those of account ${caller.account}`);
    return caller;
  } catch (error) {
    if (error instanceof AssumeRoleError && hasEnded(error)) throw credentialsError(error.cause);
    const read = error instanceof AssumeRoleError ? 'sts:AssumeRole' : 'sts:GetCallerIdentity';
    reading.gap(read, { account: id }, failureReason(error));
    return null;
  }
}

/** `credentials`: the account whose read role is used, null for the caller's own credentials. */
function reader(
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
