/** Differences of two JSON values, as edits by path. */

export type JsonPath = readonly (string | number)[];

/** `value` undefined: the member or item goes. */
export interface JsonEdit {
  readonly path: JsonPath;
  readonly value: unknown;
}

/** The edits that make one value the other: members one by one, lists of one length item by item, else whole. */
export function editsBetween(before: unknown, after: unknown, path: JsonPath = []): JsonEdit[] {
  if (isSame(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, index) => editsBetween(item, after[index], [...path, index]));
  if (Array.isArray(before) && Array.isArray(after)) {
    const gone = withoutItems(before, after);
    if (gone !== null) return gone.map((index) => ({ path: [...path, index], value: undefined }));
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

/** The items, last first, without which one list is the other; null when it has others. An empty list is no value of a policy. */
function withoutItems(before: readonly unknown[], after: readonly unknown[]): number[] | null {
  const gone: number[] = [];
  let next = 0;
  for (const [index, item] of before.entries()) {
    if (next < after.length && isSame(item, after[next])) next += 1;
    else gone.unshift(index);
  }
  return next === after.length && next > 0 ? gone : null;
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
