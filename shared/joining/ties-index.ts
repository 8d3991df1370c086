import { type ClusterNames, clusterNames, clustersNamed } from './cluster-names.ts';
import { type NearIds, nearIds } from './near-ids.ts';
import type { Ties } from './ties.ts';

/** The ties of all accounts of an organization, indexed: which accounts have which cluster, issuer and target role. */
export interface TiesIndex {
  /** Accounts whose clusters have an issuer, by issuerId. */
  readonly ownersOf: (issuer: string) => readonly string[];
  /** Accounts of the clusters that an issuer nobody has may have meant: mistyped, or gone and replaced under its name. */
  readonly mayMean: (issuer: string, names: readonly string[]) => readonly string[];
  /** Accounts whose pods get a role of another account, `111122223333/payments-api`. */
  readonly givingTo: (role: string) => readonly string[];
  /** Accounts whose pods get roles of an account. */
  readonly givingIn: (account: string) => ReadonlySet<string>;
  /** Accounts whose roles or providers name an issuer that none of their clusters has. */
  readonly trusting: (issuer: string) => readonly string[];
}

/** An index that grows by one account after the other. */
export interface GrowingTiesIndex extends TiesIndex {
  readonly add: (account: string, ties: IndexedTies) => void;
}

/** What of an account's ties is looked up; of its trusts the issuers alone. */
interface IndexedTies extends Pick<Ties, 'clusters' | 'pods'> {
  readonly trusts?: readonly Pick<Ties['trusts'][number], 'issuer'>[];
}

const NONE: ReadonlySet<string> = new Set();

/** An empty index. `names` and `ids`: how clusters are looked for by a name or by an issuer that is not quite theirs. */
export function tiesIndex(names: ClusterNames = clusterNames(), ids: NearIds = nearIds()): GrowingTiesIndex {
  const owners = new Map<string, string[]>();
  const giving = new Map<string, string[]>();
  const givingIn = new Map<string, Set<string>>();
  const trusting = new Map<string, string[]>();
  return {
    add: (account, { clusters, pods, trusts = [] }) => {
      for (const { issuer } of trusts) append(trusting, issuer, account);
      for (const { name, region, issuer } of clusters) {
        if (issuer === null) continue;
        if (!owners.has(issuer)) ids.add(issuer);
        append(owners, issuer, account);
        names.add(name, account, region);
      }
      for (const role of pods) {
        append(giving, role, account);
        const owner = accountOfRole(role);
        const givers = givingIn.get(owner) ?? new Set();
        givingIn.set(owner, givers.add(account));
      }
    },
    ownersOf: (issuer) => owners.get(issuer) ?? [],
    mayMean: (issuer, written) => [
      ...ids.near(issuer).flatMap((id) => owners.get(id) ?? []),
      ...clustersNamed(names, written),
    ],
    givingTo: (role) => giving.get(role) ?? [],
    givingIn: (account) => givingIn.get(account) ?? NONE,
    trusting: (issuer) => trusting.get(issuer) ?? [],
  };
}

function append(map: Map<string, string[]>, key: string, account: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [account]);
  else if (known.at(-1) !== account) known.push(account);
}

/** `111122223333` of `111122223333/payments-api`. */
const accountOfRole = (role: string): string => role.slice(0, 12);

/**
 * The accounts beside one, nearest ties first, since there may be too many: those whose clusters its roles trust, those
 * whose roles its pods get, those whose pods get its roles, those that its target roles trust, those that its clusters let
 * in together with whoever gives these roles to pods, and those that the configuration puts beside it. Accounts may be
 * among them that nobody has read.
 */
export function accountsBeside(account: string, ties: Ties, index: TiesIndex): readonly string[] {
  const found = new Set<string>();
  const add = (accounts: Iterable<string>): void => {
    for (const each of accounts) found.add(each);
  };
  for (const { issuer, names } of ties.trusts) {
    const owners = index.ownersOf(issuer);
    add(owners.length > 0 ? owners : index.mayMean(issuer, names));
  }
  add(ties.pods.map(accountOfRole));
  add(index.givingIn(account));
  for (const { role, accounts } of ties.trusting)
    if (index.givingTo(`${account}/${role}`).length > 0) add(accounts);
  for (const role of ties.entries) {
    found.add(accountOfRole(role));
    add(index.givingTo(role));
  }
  add(ties.named);
  found.delete(account);
  return [...found];
}

/** Accounts whose roles trust an account's clusters: they may name its ServiceAccounts. */
export function trustingItsClusters(
  { clusters }: Pick<Ties, 'clusters'>,
  index: TiesIndex,
): readonly string[] {
  return clusters.flatMap(({ issuer }) => (issuer === null ? [] : index.trusting(issuer)));
}
