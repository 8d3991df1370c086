import type { Connections } from './connections.ts';

/** Accounts that are judged together, and those that must be at hand for it. */
export interface Batch {
  readonly judged: readonly string[];
  readonly beside: readonly string[];
}

/**
 * Batches of accounts, in order: as many as take up to a weight with those beside them. One that takes more alone, with the
 * accounts beside it, is a batch all the same.
 */
export function* batchesOf(
  accounts: readonly string[],
  { beside, facts }: Pick<Connections, 'beside' | 'facts'>,
  most: number,
): Generator<Batch> {
  let judged: string[] = [];
  let held = new Set<string>();
  let weight = 0;
  const weightOf = (ids: readonly string[]) => ids.reduce((sum, id) => sum + (facts(id)?.weight ?? 0), 0);
  const batch = (): Batch => {
    const own = new Set(judged);
    return { judged, beside: [...held].filter((id) => !own.has(id)) };
  };
  for (const account of accounts) {
    const needed = new Set([account, ...beside(account)]);
    const more = weightOf([...needed].filter((id) => !held.has(id)));
    if (judged.length > 0 && weight + more > most) {
      yield batch();
      judged = [];
      held = new Set();
      weight = 0;
    }
    weight += weightOf([...needed].filter((id) => !held.has(id)));
    for (const id of needed) held.add(id);
    judged.push(account);
  }
  if (judged.length > 0) yield batch();
}
