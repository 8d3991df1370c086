import type { Grant, KeySet, Pattern, StringSet } from '../iam/admitted-types.ts';

/** A pattern as people write it; what ignores case says so. */
export function patternWords({ text, ignoreCase }: Pattern): string {
  return ignoreCase ? `${text} (in any case)` : text;
}

/** What a grant asks besides the keys that tell who it is. */
export function conditionWords(grant: Grant, besides: readonly string[]): string[] {
  const told = new Set(besides.map((key) => key.toLowerCase()));
  const decided = grant.keys.filter(({ key }) => !told.has(key)).map(keyWords);
  const undecided = grant.undecided.map(
    ({ operator, key, values }) => `${operator.written} ${key}: ${values.join(', ')}`,
  );
  return [...decided, ...undecided];
}

function keyWords({ key, all, absent }: KeySet): string {
  return `${key}: ${all.map(setWords).join(' and ')}${absent ? ' (or not in the request)' : ''}`;
}

function setWords({ include, exclude }: StringSet): string {
  const any = include.some(({ text, literal }) => !literal && /^\*+$/.test(text));
  const inside = any ? 'anything' : include.map(patternWords).join(' or ') || 'nothing';
  return exclude.length === 0 ? inside : `${inside} but ${exclude.map(patternWords).join(', ')}`;
}
