import pLimit from 'p-limit';
import { redactAll } from '../../estate/redact.ts';
import { canonicalPart } from '../../estate/write-snapshot.ts';
import { afterAccount, afterThrottling, type Bounds, type Pace, startPace } from '../../pipeline/pace.ts';
import { wasRead } from '../account.ts';
import type { Progress } from '../progress.ts';
import type { AccountReading, KeptReadings } from './kept-readings.ts';
import type { ReadOne } from './read-one.ts';

interface ReadAllPorts {
  /** Reads one account. Rejects only with what ends the whole collection. */
  readonly read: ReadOne;
  readonly kept: KeptReadings;
  readonly takenAt: string;
  /** Makes a listener for one account. */
  readonly tell: () => (progress: Progress) => void;
  /** Takes each reading when it is there, in no order; the account is at work until it has. */
  readonly each: (reading: AccountReading) => void | Promise<void>;
  /** Lets go of what an account needed. */
  readonly forget: (account: string) => void;
}

/** Accounts under reading, as many at once as AWS takes well. */
interface AccountsAtWork {
  /** AWS put off the call that enters an account. */
  readonly heed: () => void;
  /** Reads accounts, begun in their order. What failed in one is in its coverage and stops no other. */
  readonly readAll: (accounts: readonly string[], ports: ReadAllPorts) => Promise<void>;
}

/** Prepares the reading of accounts. `clock`: milliseconds from any point on. */
export function accountsAtWork(bounds: Bounds, clock: () => number): AccountsAtWork {
  const limit = pLimit(bounds.most);
  let pace: Pace = startPace(bounds);
  const follow = (next: Pace): void => {
    pace = next;
    limit.concurrency = next.limit;
  };
  follow(pace);

  const readAll: AccountsAtWork['readAll'] = async (accounts, ports) => {
    let done = 0;
    const one = async (account: string): Promise<void> => {
      const listener = ports.tell();
      const tell = (progress: Progress) =>
        listener({ ...progress, accounts: { total: accounts.length, done, atWork: limit.activeCount } });
      const before = await ports.kept.find(account);
      const reading = before ?? (await readAndKeep(account, ports, tell));
      done += 1;
      if (before === null) follow(afterAccount(pace));
      await ports.each(reading);
    };
    await Promise.all(accounts.map((account) => limit(one, account))).catch((error: unknown) => {
      // What ends the collection ends it now: thousands of accounts may be waiting.
      limit.clearQueue();
      throw error;
    });
  };

  return {
    heed: () => follow(afterThrottling(pace, clock())),
    readAll,
  };
}

async function readAndKeep(
  id: string,
  { read, kept, takenAt, forget }: ReadAllPorts,
  tell: (progress: Progress) => void,
): Promise<AccountReading> {
  const { account, coverage, mayChange } = await read(id, tell);
  const reading = { ...canonicalPart(redactAll({ account, coverage })), takenAt };
  // What could not be read at all, or not just now, is asked for again.
  if (wasRead(account) && !mayChange) await kept.keep(reading);
  forget(id);
  return reading;
}
