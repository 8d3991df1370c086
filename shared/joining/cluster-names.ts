/** Which accounts have a cluster of a name: how the successor of a cluster that is gone is found across accounts. */
export interface ClusterNames {
  readonly add: (name: string, account: string, region?: string) => void;
  readonly accountsWith: (name: string) => readonly string[];
}

/** A name that more accounts than these have says nothing of which is meant. */
const MOST_OF_A_NAME = 3;
/** Words of a name that are looked up: names of roles have 64 characters. */
const MOST_WORDS = 64;

/** Names that few have. */
export function clusterNames(): ClusterNames {
  const accounts = new Map<string, string[]>();
  return {
    add: (name, account) => {
      const key = words(name).join('-');
      const known = accounts.get(key);
      if (known === undefined) accounts.set(key, [account]);
      else if (known.length <= MOST_OF_A_NAME && !known.includes(account)) known.push(account);
    },
    accountsWith: (name) => {
      const found = accounts.get(name) ?? [];
      return found.length > MOST_OF_A_NAME ? [] : found;
    },
  };
}

/** For every name the first account that was added with it in each region: the rules take the first, however many there are. */
export function firstClusterNames(): ClusterNames {
  const firsts = new Map<string, Map<string, string>>();
  return {
    add: (name, account, region = '') => {
      const key = words(name).join('-');
      const known = firsts.get(key) ?? new Map<string, string>();
      firsts.set(key, known);
      const place = `${region} ${name}`;
      if (!known.has(place)) known.set(place, account);
    },
    accountsWith: (name) => [...(firsts.get(name)?.values() ?? [])],
  };
}

/** Accounts with a cluster whose name is one of these, or stands in one of them as whole words. */
export function clustersNamed(clusters: ClusterNames, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    const all = words(name).slice(0, MOST_WORDS);
    for (let from = 0; from < all.length; from += 1)
      for (let to = from + 1; to <= all.length; to += 1)
        for (const account of clusters.accountsWith(all.slice(from, to).join('-'))) found.add(account);
  }
  return [...found];
}

function words(name: string): readonly string[] {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
