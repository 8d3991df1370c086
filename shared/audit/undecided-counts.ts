import type { UndecidedCount } from '../findings/finding.ts';
import type { Undecided } from '../rules/define-rule.ts';
import { compareText } from './order.ts';

type Check = Pick<Undecided, 'where' | 'whole'> & { readonly rule: { readonly name: string } };

/** Checks that were not decided, counted by rule and cluster, in the order of their names. */
export function undecidedCounts(undecided: readonly Check[]): UndecidedCount[] {
  return summedUp(
    undecided.map(({ rule, where: { account, cluster, clusterAccount = account }, whole }) => ({
      rule: rule.name,
      account: cluster === undefined ? account : clusterAccount,
      ...(cluster !== undefined && { cluster }),
      count: 1,
      ...(whole && { whole }),
    })),
  );
}

/** In the order of rules, accounts and clusters; the same place is equal. */
export function compareUndecided(a: UndecidedCount, b: UndecidedCount): number {
  return compareText(placeOf(a), placeOf(b));
}

/** Counts that come in order, with one for each rule and cluster. */
export async function* mergedCounts(counts: AsyncIterable<UndecidedCount>): AsyncGenerator<UndecidedCount> {
  let last: UndecidedCount | undefined;
  for await (const one of counts) {
    if (last !== undefined && compareUndecided(last, one) === 0) {
      last = sumOf(last, one);
      continue;
    }
    if (last !== undefined) yield last;
    last = one;
  }
  if (last !== undefined) yield last;
}

function sumOf(a: UndecidedCount, b: UndecidedCount): UndecidedCount {
  return { ...a, count: a.count + b.count, ...(b.whole && { whole: b.whole }) };
}

/** One count for each rule and cluster. */
export function summedUp(counts: Iterable<UndecidedCount>): UndecidedCount[] {
  const byPlace = new Map<string, UndecidedCount>();
  for (const one of counts) {
    const key = placeOf(one);
    const known = byPlace.get(key);
    byPlace.set(key, known === undefined ? one : sumOf(known, one));
  }
  return [...byPlace].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one);
}

const placeOf = ({ rule, account, cluster = '' }: UndecidedCount): string =>
  [rule, account, cluster].join('\u0000');
