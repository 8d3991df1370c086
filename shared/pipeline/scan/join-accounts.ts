import type { Claims } from '../claims.ts';
import { LostClaimError } from '../errors.ts';
import type { Telemetry } from '../telemetry.ts';
import { type CollectedAccount, collectedSchema } from './abstract.ts';
import { readKept } from './collection.ts';
import { type Joined, type JoinedAccount, join } from './join.ts';
import { listedSchema } from './list-accounts.ts';
import { type ScanId, scanKeys } from './scan.ts';

export interface JoinAccountsPorts {
  readonly claims: Claims;
  readonly telemetry: Telemetry;
}

export interface JoinOutput {
  /** Where the items of the map are that judges. */
  readonly accounts: string;
  readonly read: number;
  readonly unread: number;
}

/** Joins what collection left, and says with whom each account that was read must be judged. Throws LostClaimError. */
export function joinAccounts({ claims, telemetry }: JoinAccountsPorts) {
  return async (scan: ScanId): Promise<JoinOutput> => {
    const { accounts } = await readKept(claims, scanKeys.listed(scan), listedSchema);
    const kept: JoinedAccount[] = [];
    const joined: Joined = await join({
      accounts,
      collected: (account) => collectedOf(claims, scan, account),
      keep: async (one) => void kept.push(one),
      keepIndex: (index) => claims.put(scanKeys.index(scan), JSON.stringify(index)),
    });
    await claims.put(scanKeys.joined(scan), JSON.stringify(joined));
    await claims.put(scanKeys.toJudge(scan), JSON.stringify(kept));
    telemetry.count('ScanAccountsMissing', joined.unread.length);
    return { accounts: scanKeys.toJudge(scan), read: joined.read, unread: joined.unread.length };
  };
}

/** What collection left of an account; null: nothing. */
export async function collectedOf(
  claims: Claims,
  scan: ScanId,
  account: string,
): Promise<CollectedAccount | null> {
  try {
    return await readKept(claims, scanKeys.collected(scan, account), collectedSchema);
  } catch (error) {
    if (error instanceof LostClaimError) return null;
    throw error;
  }
}
