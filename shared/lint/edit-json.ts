/** Differences of two JSON values, as edits by path. */

export type JsonPath = readonly (string | number)[];

/** `value` undefined: the member or item goes. */
export interface JsonEdit {
  readonly path: JsonPath;
  readonly value: unknown;
}

/**
 * The edits that make one value the other, to be made one after the other: members one by one; of a list that got shorter
 * the items that are left, then those that go, last first; else whole. A list of one is as good as its item.
 */
export function editsBetween(before: unknown, after: unknown, path: JsonPath = []): JsonEdit[] {
  if (isSame(before, after)) return [];
  if (Array.isArray(before)) {
    const wanted: readonly unknown[] = Array.isArray(after) ? after : [after];
    const kept = wanted.length === 0 ? null : keptItems(before, wanted);
    if (kept !== null) return editsOfList(before, wanted, kept, path);
  }
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      key in before && key in after
        ? editsBetween(before[key], after[key], [...path, key])
        : [{ path: [...path, key], value: after[key] }],
    );
  }
  return [{ path, value: after }];
}

function editsOfList(
  before: readonly unknown[],
  after: readonly unknown[],
  kept: readonly number[],
  path: JsonPath,
): JsonEdit[] {
  const gone = [...before.keys()].filter((index) => !kept.includes(index)).reverse();
  return [
    ...kept.flatMap((index, to) => editsBetween(before[index], after[to], [...path, index])),
    ...gone.map((index) => ({ path: [...path, index], value: undefined })),
  ];
}

/**
 * Of each item of a list that got no longer, which one it was: in order, and so that as much as can be stays as it was. Null
 * where a list got longer, or where an item has nothing in common with any.
 */
function keptItems(before: readonly unknown[], after: readonly unknown[]): number[] | null {
  if (after.length > before.length) return null;
  /** Best choice for the items of `after` up to one, from the items of `before` up to one. */
  let best: (Choice | null)[] = before.map(() => ({ score: 0, kept: [] }));
  best.unshift({ score: 0, kept: [] });
  for (const item of after) {
    const next: (Choice | null)[] = [null];
    for (const [index, old] of before.entries()) {
      const [without, likeness] = [best[index] ?? null, likenessOf(old, item)];
      const taken =
        without === null || likeness === 0
          ? null
          : { score: without.score + likeness, kept: [...without.kept, index] };
      const left = next[index] ?? null;
      next.push(left === null || (taken !== null && taken.score > left.score) ? taken : left);
    }
    best = next;
  }
  return best.at(-1)?.kept ?? null;
}

interface Choice {
  readonly score: number;
  readonly kept: number[];
}

/** From 0, nothing in common, to 1, the same. */
function likenessOf(one: unknown, other: unknown): number {
  if (isSame(one, other)) return 1;
  if (!isObject(one) || !isObject(other)) return 0;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const shared = keys.filter((key) => key in one && key in other);
  const same = shared.filter((key) => isSame(one[key], other[key]));
  return (shared.length + same.length) / (2 * keys.length + 1);
}

/** True for values that are the same JSON, whatever the order of members. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  if (isObject(one) && isObject(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => key in other && isSame(one[key], other[key]))
    );
  }
  return one === other;
}

/** True for policies that are the same to IAM, which takes a list of one for its item (IAM user guide, Grammar of policies). */
export function isSamePolicy(one: unknown, other: unknown): boolean {
  return isSame(unwrapped(one), unwrapped(other));
}

function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? unwrapped(value[0]) : value.map(unwrapped);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unwrapped(member)]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
