import { gunzipSync, gzipSync } from 'node:zlib';
import pLimit from 'p-limit';
import type { Account } from '../../shared/estate/snapshot.ts';
import type { Resume } from './resume.ts';
import type { Scratch } from './scratch.ts';

/** Bytes of accounts as text that are held in memory: a hundred accounts, as most are. */
export const MOST_HELD = 8 * 1024 * 1024;

/** The accounts of a run, in memory as long as they are few. */
export interface HeldAccounts {
  /** Takes an account, or takes it anew, and tells how many bytes it is as text. */
  readonly put: (account: Account) => Promise<number>;
  readonly get: (id: string) => Promise<Account | undefined>;
}

/**
 * Holds accounts of up to `most` bytes as text; with more, all go to files: those that are kept for a run that is interrupted
 * are there already, the others go to the scratch folder. What is put anew is not what was kept.
 */
export function heldAccounts(
  resume: Pick<Resume, 'isKept' | 'keptOf'>,
  scratch: Scratch,
  most: number,
): HeldAccounts {
  const held = new Map<string, Account>();
  const known = new Set<string>();
  const own = new Set<string>();
  const turn = pLimit(1);
  let weight = 0;
  let overflown = false;
  const letGo = async (): Promise<void> => {
    overflown = true;
    for (const [id, account] of held) {
      if (own.has(id) || !resume.isKept(id)) {
        own.add(id);
        await scratch.write(`${id}.json.gz`, gzipSync(JSON.stringify(account), { level: 1 }));
      }
      held.delete(id);
    }
  };
  return {
    put: async (account) => {
      const { length } = JSON.stringify(account);
      if (known.has(account.id)) own.add(account.id);
      known.add(account.id);
      held.set(account.id, account);
      weight += length;
      if (overflown || weight > most) await turn(letGo);
      return length;
    },
    get: async (id) => {
      const account = held.get(id);
      if (account !== undefined) return account;
      if (!own.has(id)) return (await resume.keptOf(id)) ?? undefined;
      const text = gunzipSync(await scratch.read(`${id}.json.gz`)).toString('utf8');
      return JSON.parse(text);
    },
  };
}
