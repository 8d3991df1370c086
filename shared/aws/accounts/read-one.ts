import type { Account, CoverageGap } from '../../estate/snapshot.ts';
import { readAccount } from '../account.ts';
import type { Clients } from '../clients.ts';
import { accountReader, enterAccount } from '../enter-account.ts';
import type { ReadKubernetes } from '../kubernetes-reader.ts';
import type { Progress } from '../progress.ts';
import { startReading } from '../reading.ts';
import type { Caller } from '../reads/caller.ts';

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
    const entered =
      id === caller.account ? accountReader(reading, caller, null) : await enterAccount(reading, id);
    const account = entered === null ? { id, partition: caller.partition } : await readAccount(entered, only);
    return { account, coverage: reading.gaps, mayChange: reading.failedInPassing() };
  };
}
