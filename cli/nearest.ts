import { closest, distance } from 'fastest-levenshtein';

/**
 * The name that was probably meant: the one with the fewest letters to change, where these are at most half of what was
 * written. Null when none is that near: a name that has nothing to do with it helps nobody.
 */
export function nearest(wanted: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const found = closest(wanted, [...names]);
  return distance(wanted, found) * 2 <= wanted.length ? found : null;
}
