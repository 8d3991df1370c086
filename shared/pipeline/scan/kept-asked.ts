import * as z from 'zod';
import type { Claims } from '../claims.ts';
import { LostClaimError } from '../errors.ts';
import { type AskedFor, accountsAskedFor, askedForSchema, asksNothing } from './asked-for.ts';
import { readKept } from './collection.ts';
import { type Joined, type JoinedAccount, MOST_BESIDE } from './join.ts';
import type { JudgedPart } from './judge-with.ts';
import type { Listed } from './list-accounts.ts';
import { organizationFor } from './organization-for.ts';
import { type ScanId, scanKeys } from './scan.ts';
import type { ScanIndex } from './scan-index.ts';

/** What a judgement asked of accounts that were not beside it, and what it got. */
const keptAskedSchema = z.strictObject({
  asked: askedForSchema,
  /** Accounts that were read for it. */
  further: z.array(z.string()).readonly(),
  /** Digest of what was answered. */
  answers: z.string(),
});

interface AnswerPorts {
  readonly listed: Listed;
  readonly whole: Joined;
  readonly index: () => Promise<ScanIndex>;
  readonly hash: (text: string) => string;
}

/**
 * Keeps what a judgement asked for, and tells where; undefined: it asked for nothing that the accounts beside it do not
 * answer. Who else has an issuer of which a cluster was found is not asked again: no two clusters have the same.
 */
export async function keepAsked(
  scan: ScanId,
  joined: JoinedAccount,
  { asked, further }: Pick<JudgedPart, 'asked' | 'further'>,
  ports: AnswerPorts & { readonly claims: Claims },
): Promise<string | undefined> {
  const open = { ...asked, issuers: asked.issuers.filter(({ names }) => names !== undefined) };
  if (asksNothing(open) && further.length === 0) return undefined;
  const key = scanKeys.asked(scan, joined.account);
  const kept: z.infer<typeof keptAskedSchema> = {
    asked: open,
    further,
    answers: await answersTo({ asked: open, further }, joined, ports),
  };
  await ports.claims.put(key, JSON.stringify(kept));
  return key;
}

/** Whether what was asked for is answered as it was then; false also where it is not known any more. */
export async function isAnsweredAsBefore(
  key: string | undefined,
  joined: JoinedAccount,
  ports: AnswerPorts & { readonly claims: Claims },
): Promise<boolean> {
  if (key === undefined) return true;
  try {
    const { answers, ...kept } = await readKept(ports.claims, key, keptAskedSchema);
    return (await answersTo(kept, joined, ports)) === answers;
  } catch (error) {
    if (error instanceof LostClaimError) return false;
    throw error;
  }
}

/** Digest of the readings of all accounts that are asked for, why others were not read, and what the organization says. */
async function answersTo(
  { asked, further }: { readonly asked: AskedFor; readonly further: readonly string[] },
  joined: JoinedAccount,
  { listed, whole, index, hash }: AnswerPorts,
): Promise<string> {
  const lookUp = await index();
  const accounts = [...new Set([...accountsAskedFor(asked, lookUp), ...further])].sort();
  const lenders = asked.policies.map((arn) => lookUp.withPolicy(arn) ?? null);
  const digests = [...accounts, ...lenders].map((id) => [id, lookUp.read(id ?? '')?.digest ?? null]);
  const part = organizationFor({ ...joined, named: [...joined.named, ...accounts] }, listed, whole);
  const unread = new Set([...whole.unread, ...listed.leftOut].map(({ account }) => account));
  return hash(JSON.stringify([digests, part, accounts.filter((id) => unread.has(id)), MOST_BESIDE]));
}
