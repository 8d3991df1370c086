import { summedUp } from '../../audit/undecided-counts.ts';
import type { Finding, UndecidedCount } from '../../findings/finding.ts';

/** Of so few accounts every cluster is told apart. */
const FEW_ACCOUNTS = 200;

/** The most clusters that are told apart of more accounts. */
const MOST_CLUSTERS = 100;

/**
 * What was not decided in any number of accounts, in whatever order they come: by rule and cluster for the clusters that are
 * told apart, by rule alone for the others.
 */
export function undecidedIn(toldApart: ReadonlySet<string>, accounts: number) {
  let counts: UndecidedCount[] = [];
  const few = accounts <= FEW_ACCOUNTS;
  const named = new Set([...toldApart].map((key) => key.slice(0, key.indexOf('/'))));
  const keeps = ({ account, cluster }: UndecidedCount) =>
    few || (cluster === undefined ? named.has(account) : toldApart.has(`${account}/${cluster}`));
  const add = (some: readonly UndecidedCount[]) => {
    counts.push(...some.map((one) => (keeps(one) ? one : elsewhere(one))));
    if (counts.length > 10_000) counts = summedUp(counts);
  };
  return {
    add,
    /** An account of which nothing was judged: its findings are as old as its last judgement. */
    unjudged: (account: string) => add([{ rule: '*', account, count: 1, whole: true }]),
    counts: () => summedUp(counts),
  };
}

const elsewhere = ({ rule, count }: UndecidedCount): UndecidedCount => ({ rule, account: '', count });

/** The clusters with the most open findings, as `undecidedIn` takes them. */
export function clustersToTell(findings: readonly Finding[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { status, account, clusterAccount = account, cluster } of findings) {
    if (status !== 'open' || cluster === undefined) continue;
    const key = `${clusterAccount}/${cluster}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  return new Set(most.slice(0, MOST_CLUSTERS).map(([key]) => key));
}
