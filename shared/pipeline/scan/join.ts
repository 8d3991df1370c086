import * as z from 'zod';
import type { AccountAbstract, CollectedAccount } from './abstract.ts';
import { type ClusterNames, clusterNames, clustersNamed } from './cluster-names.ts';
import { type NearIds, nearIds } from './near-ids.ts';

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
});

/** An account that was read, and the others with which it must be judged. */
export type JoinedAccount = Readonly<z.infer<typeof joinedAccountSchema>>;

export const joinedSchema = z.strictObject({
  read: z.number().int().nonnegative(),
  /** Accounts that were not read; their findings stay as they are. */
  unread: z.array(z.strictObject({ account, reason: z.string() })).readonly(),
  /** Accounts that may have clusters, or issuers, that were not read: while there are any, no issuer is foreign. */
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
  /** Most reads at once, 32 unless told. */
  readonly concurrency?: number;
}

/** More accounts than these are not judged together: those beyond are a gap of the account's coverage. */
export const MOST_BESIDE = 100;

/** Why an account counts as unread of which collection left nothing. */
const NOTHING_LEFT = 'its collection ended without leaving anything';

/**
 * Joins an organization of any size in two passes over abstracts: the first indexes which account has which cluster,
 * issuer and target role, the second tells each account the others that its verdicts hang on. Holds the indexes alone,
 * never an account's snapshot.
 */
export async function join(ports: JoinPorts): Promise<Joined> {
  const index = emptyIndex();
  for await (const [account, one] of collectedIn(ports)) {
    if (one === null || 'unread' in one) index.unread.set(account, one === null ? NOTHING_LEFT : one.unread);
    else addTo(index, one);
  }
  for await (const [, one] of collectedIn(ports)) {
    if (one === null || 'unread' in one || !index.read.has(one.account)) continue;
    const { account, key, digest, named } = one;
    await ports.keep({ account, key, digest, named, beside: besideOf(one, index) });
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
  /** Accounts by the ids of their clusters' issuers. */
  readonly issuers: Map<string, string[]>;
  /** Accounts whose pods get a role, by the role and by the role's account. */
  readonly pods: Map<string, string[]>;
  readonly podsOf: Map<string, Set<string>>;
  readonly names: ClusterNames;
  readonly ids: NearIds;
}

function emptyIndex(): Index {
  return {
    read: new Map(),
    unread: new Map(),
    hiding: [],
    issuers: new Map(),
    pods: new Map(),
    podsOf: new Map(),
    names: clusterNames(),
    ids: nearIds(),
  };
}

function addTo(index: Index, { account, key, digest, showsClusters, clusters, pods }: AccountAbstract): void {
  index.read.set(account, { key, digest });
  if (!showsClusters) index.hiding.push(account);
  for (const { name, issuer } of clusters) {
    if (issuer === null) continue;
    if (!index.issuers.has(issuer)) index.ids.add(issuer);
    append(index.issuers, issuer, account);
    index.names.add(name, account);
  }
  for (const role of pods) {
    append(index.pods, role, account);
    const owner = accountOf(role);
    const givers = index.podsOf.get(owner) ?? new Set();
    index.podsOf.set(owner, givers.add(account));
  }
}

function append(map: Map<string, string[]>, key: string, account: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [account]);
  else if (known.at(-1) !== account) known.push(account);
}

/** `111122223333` of `111122223333/payments-api`. */
const accountOf = (role: string): string => role.slice(0, 12);

/**
 * The accounts beside one, nearest ties first, since there may be too many: those whose clusters its roles trust, those
 * whose roles its pods get, those whose pods get its roles, those that its target roles trust, those that its clusters let
 * in together with whoever gives these roles to pods, and those that the configuration puts beside it.
 */
function besideOf(one: AccountAbstract, index: Index): readonly Beside[] {
  const found = new Set<string>();
  for (const { issuer, names } of one.trusts) {
    const owners = index.issuers.get(issuer);
    for (const account of owners ?? mayMean(issuer, names, index)) found.add(account);
  }
  for (const role of one.pods) found.add(accountOf(role));
  for (const account of index.podsOf.get(one.account) ?? []) found.add(account);
  for (const { role, accounts } of one.trusting)
    if (index.pods.has(`${one.account}/${role}`)) for (const account of accounts) found.add(account);
  for (const role of one.entries) {
    found.add(accountOf(role));
    for (const account of index.pods.get(role) ?? []) found.add(account);
  }
  for (const account of one.named) found.add(account);
  found.delete(one.account);
  return [...found].flatMap((account, position): Beside[] => {
    const read = index.read.get(account);
    if (read !== undefined)
      return position < MOST_BESIDE
        ? [{ account, ...read }]
        : [{ account, unread: `an account is judged with ${MOST_BESIDE} others at most` }];
    const unread = index.unread.get(account);
    return unread === undefined ? [] : [{ account, unread }];
  });
}

/** Accounts of the clusters that an issuer nobody has may have meant: mistyped, or gone and replaced under its name. */
function mayMean(issuer: string, names: readonly string[], { issuers, ids, names: clusters }: Index) {
  const mistyped = ids.near(issuer).flatMap((id) => issuers.get(id) ?? []);
  return [...mistyped, ...clustersNamed(clusters, names)];
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
