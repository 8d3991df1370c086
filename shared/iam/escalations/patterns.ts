import { ANY_ONE, ANY_RUN, type Tokens, tokenize } from '../glob.ts';

/**
 * Questions about two IAM patterns at once: a Deny takes away an Allow when its pattern covers the Allow's, a boundary
 * leaves of it what both match.
 */

/** True only when every string that `narrow` matches is matched by `wide`. Sound, and false for a few odd true cases. */
export function covers(wide: string, narrow: string): boolean {
  if (wide === '*' || wide === narrow) return true;
  if (!isWild(wide) || part(wide, narrow)) return false;
  const prefix = prefixOf(wide);
  if (prefix !== null) return narrow.startsWith(prefix);
  return walk(tokenize(wide, true), tokenize(narrow, true), coverStep);
}

/** True when some string matches both patterns. */
export function overlaps(one: string, other: string): boolean {
  if (one === '*' || other === '*' || one === other) return true;
  if (part(one, other)) return false;
  // Not apart up to the wildcard that ends one of them: what the other matches begins so, or can.
  if (prefixOf(one) !== null && !isWild(other)) return other.startsWith(one.slice(0, -1));
  if (prefixOf(other) !== null && !isWild(one)) return one.startsWith(other.slice(0, -1));
  return walk(tokenize(one, true), tokenize(other, true), overlapStep);
}

/** What two patterns have in common: the narrower one where one covers the other, else `one`, as an upper bound; null when nothing is. */
export function intersection(one: string, other: string): string | null {
  if (covers(other, one)) return one;
  if (covers(one, other)) return other;
  return overlaps(one, other) ? one : null;
}

/** What comes before the `*` of a pattern that has no other wildcard; null for other patterns. */
function prefixOf(pattern: string): string | null {
  const last = pattern.length - 1;
  return pattern.indexOf('*') === last && last >= 0 && !pattern.includes('?') ? pattern.slice(0, last) : null;
}

function isWild(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

const STAR = 42;
const QUESTION = 63;

/** True when the patterns differ before the first wildcard of either: the quick answer for most pairs. */
function part(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const left = one.charCodeAt(index);
    const right = other.charCodeAt(index);
    if (left === STAR || left === QUESTION || right === STAR || right === QUESTION) return false;
    if (left !== right) return true;
  }
  return false;
}

/** Ways from (i, j), as bits: 1 to (i+1, j), 2 to (i, j+1), 4 to (i+1, j+1). */
type Step = (left: number | undefined, right: number | undefined) => number;

const coverStep: Step = (wide, narrow) => {
  if (wide === ANY_RUN) return narrow === undefined ? 1 : 1 | 2;
  if (wide === undefined || narrow === undefined || narrow === ANY_RUN) return 0;
  return wide === ANY_ONE || wide === narrow ? 4 : 0;
};

const overlapStep: Step = (one, other) => {
  const skip = (one === ANY_RUN ? 1 | 2 : 0) | (other === ANY_RUN ? 1 | 2 : 0);
  const both = one !== undefined && other !== undefined;
  const same = both && (one === ANY_ONE || other === ANY_ONE || one === other);
  return skip | (same ? 4 : 0);
};

/** Reaches the end of both patterns by the steps allowed; time is the product of the lengths, memory one row. */
function walk(left: Tokens, right: Tokens, step: Step): boolean {
  let row = new Uint8Array(right.length + 2);
  row[0] = 1;
  for (let i = 0; i <= left.length; i++) {
    const next = new Uint8Array(right.length + 2);
    for (let j = 0; j <= right.length; j++) {
      if (row[j] !== 1) continue;
      const ways = step(left[i], right[j]);
      if (ways & 1) next[j] = 1;
      if (ways & 2 && j < right.length) row[j + 1] = 1;
      if (ways & 4) next[j + 1] = 1;
    }
    if (i === left.length) return row[right.length] === 1;
    row = next;
  }
  return false;
}
