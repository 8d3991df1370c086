import * as z from 'zod';
import {
  accountsBeside,
  type GrowingTiesIndex,
  tiesIndex,
  trustingItsClusters,
} from '../../joining/ties-index.ts';
import type { AccountAbstract, CollectedAccount } from './abstract.ts';
import type { ScanIndexData } from './scan-index.ts';

const account = z.string().regex(/^\d{12}$/);

/** Another account on which verdicts hang. */
const besideSchema = z.union([
  z.strictObject({ account, key: z.string(), digest: z.string() }),
  z.strictObject({ account, unread: z.string() }),
]);

type Beside = Readonly<z.infer<typeof besideSchema>>;

export const joinedAccountSchema = z.strictObject({
  account,
  /** Where its snapshot is. */
  key: z.string(),
  digest: z.string(),
  /** Other accounts that its clusters or the configuration name, of the organization or not. */
  named: z.array(account).readonly(),
  beside: z.array(besideSchema).readonly(),
  /** Accounts with which it should be judged besides, and is not: how many, and the first of them. */
  beyond: z.strictObject({ count: z.number().int().positive(), account }).optional(),
});

/** An account that was read, and the others with which it must be judged. */
export type JoinedAccount = Readonly<z.infer<typeof joinedAccountSchema>>;

export const joinedSchema = z.strictObject({
  read: z.number().int().nonnegative(),
  /** Accounts that were not read; their findings stay as they are. */
  unread: z.array(z.strictObject({ account, reason: z.string() })).readonly(),
  /** Accounts that may have clusters, or issuers, that were not read, or more ties than are kept: while there are any, no issuer is foreign. */
  hiding: z.array(account).readonly(),
});

/** What the scan knows of the organization once every account was collected. */
export type Joined = Readonly<z.infer<typeof joinedSchema>>;

export interface JoinPorts {
  /** The ids of the accounts that the scan was to collect. */
  readonly accounts: readonly string[];
  /** What collection left of an account; null: nothing. Is asked twice for each. */
  readonly collected: (account: string) => Promise<CollectedAccount | null>;
  /** Takes each account that was read, in the order of `accounts`. */
  readonly keep: (account: JoinedAccount) => Promise<void>;
  /** Takes what judging looks up of accounts that turn out to count only then. */
  readonly keepIndex: (index: ScanIndexData) => Promise<void>;
  /** Most reads at once, 32 unless told. */
  readonly concurrency?: number;
}

/** More accounts than these are not judged together: those beyond are a gap of the account's coverage. */
export const MOST_BESIDE = 100;

/** Characters of a reason for which an account was not read; all of it is in what was joined. */
const MOST_REASON = 300;

/** Why an account counts as unread of which collection left nothing. */
const NOTHING_LEFT = 'its collection ended without leaving anything';

/**
 * Joins an organization of any size in two passes over abstracts: the first indexes which account has which cluster,
 * issuer and target role, the second tells each account the others that its verdicts hang on. Holds the indexes alone,
 * never an account's snapshot.
 */
export async function join(ports: JoinPorts): Promise<Joined> {
  const index: Index = {
    read: new Map(),
    unread: new Map(),
    hiding: [],
    ties: tiesIndex(),
    looked: [],
    policies: new Map(),
  };
  for await (const [account, one] of collectedIn(ports)) {
    if (one === null || 'unread' in one) index.unread.set(account, one === null ? NOTHING_LEFT : one.unread);
    else addTo(index, one);
  }
  await ports.keepIndex({ accounts: index.looked, policies: [...index.policies] });
  for await (const [, one] of collectedIn(ports)) {
    if (one === null || 'unread' in one || !index.read.has(one.account)) continue;
    const { account, key, digest, named } = one;
    await ports.keep({ account, key, digest, named, ...besideOf(one, index) });
  }
  return {
    read: index.read.size,
    unread: [...index.unread].map(([account, reason]) => ({ account, reason })),
    hiding: index.hiding,
  };
}

interface Index {
  readonly read: Map<string, { readonly key: string; readonly digest: string }>;
  readonly unread: Map<string, string>;
  readonly hiding: string[];
  readonly ties: GrowingTiesIndex;
  readonly looked: ScanIndexData['accounts'][number][];
  readonly policies: Map<string, string>;
}

function addTo(index: Index, one: AccountAbstract): void {
  const { account, key, digest, showsClusters, isWhole } = one;
  index.read.set(account, { key, digest });
  // What is missing of its ties may be a cluster, or the account of one.
  if (!showsClusters || !isWhole) index.hiding.push(account);
  index.ties.add(account, one);
  index.looked.push({ account, key, digest, clusters: one.clusters, pods: one.pods });
  for (const arn of one.policies) index.policies.set(arn, account);
}

/**
 * The accounts beside one, with where their snapshots are, or why there are none; the nearest ties, where there are too many.
 * The item of an account has to fit into the input of an execution, so that lists are bounded.
 */
function besideOf(
  one: AccountAbstract,
  { ties, read, unread }: Index,
): Pick<JoinedAccount, 'beside' | 'beyond'> {
  const wanted = new Set(accountsBeside(one.account, one, ties));
  if (one.heedsTrusts) for (const account of trustingItsClusters(one, ties)) wanted.add(account);
  wanted.delete(one.account);
  const known = [...wanted].flatMap((account): Beside[] => {
    const found = read.get(account);
    if (found !== undefined) return [{ account, ...found }];
    const reason = unread.get(account);
    return reason === undefined ? [] : [{ account, unread: reason.slice(0, MOST_REASON) }];
  });
  const [there, missing] = [known.filter((each) => 'key' in each), known.filter((each) => 'unread' in each)];
  const beside = [...there.slice(0, MOST_BESIDE), ...missing.slice(0, MOST_BESIDE)];
  const [first] = [...there.slice(MOST_BESIDE), ...missing.slice(MOST_BESIDE)];
  return {
    beside,
    ...(first !== undefined && { beyond: { count: known.length - beside.length, account: first.account } }),
  };
}

/** What collection left of each account, in order, read a few at a time. */
async function* collectedIn({
  accounts,
  collected,
  concurrency = 32,
}: JoinPorts): AsyncGenerator<readonly [string, CollectedAccount | null]> {
  const waiting: Promise<readonly [string, CollectedAccount | null]>[] = [];
  const start = (account: string) => collected(account).then((one) => [account, one] as const);
  for (const account of accounts) {
    waiting.push(start(account));
    // A rejection is thrown where its turn comes; until then it must not count as unhandled.
    waiting.at(-1)?.catch(() => {});
    const next = waiting.length >= concurrency ? waiting.shift() : undefined;
    if (next !== undefined) yield await next;
  }
  for (const next of waiting) yield await next;
}
