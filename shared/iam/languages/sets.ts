import type { Pattern, StringSet } from '../admitted-types.ts';
import { type Budget, explore, type Language } from './explore.ts';
import { EVERYTHING, globOf } from './globs.ts';

/** The answer to «is there a string that …»: one, none, or not found out within the budget. */
export type Search =
  | { readonly found: true; readonly example: string }
  | { readonly found: false }
  | { readonly found: 'too-complex' };

/** Steps that one question may take: far more than any real policy needs, a fraction of a second. */
const STEPS = 300_000;

/** The set of every string. */
export const EVERY_STRING: StringSet = {
  include: [{ text: '*', literal: false, ignoreCase: false }],
  exclude: [],
};

/** The set of no string. */
export const NO_STRING: StringSet = { include: [], exclude: [] };

/** True when the set leaves nothing out, whatever else it says. */
export function isEverything(set: StringSet): boolean {
  return set.exclude.length === 0 && set.include.some(takesEverything);
}

/** True when the pattern takes every string. */
export function takesEverything(pattern: Pattern): boolean {
  const escaped = pattern.literal || pattern.arn || (pattern.literalAt?.length ?? 0) > 0;
  return !escaped && /^\*+$/.test(pattern.text);
}

/** The language of some patterns: their union. */
export function languageOf(patterns: readonly Pattern[]): Language {
  return patterns.some(takesEverything) ? [EVERYTHING] : patterns.map(globOf);
}

/** Looks for a string that is in all of `inside` and in none of `outside`; exact for every kind of pattern. */
export function findMember(
  inside: readonly StringSet[],
  outside: readonly StringSet[] = [],
  budget: Budget = { steps: STEPS },
): Search {
  const languages: Language[] = [];
  const reader = (set: StringSet) => {
    const include = languages.push(languageOf(set.include)) - 1;
    const exclude = languages.push(languageOf(set.exclude)) - 1;
    return (member: readonly boolean[]) => member[include] === true && member[exclude] !== true;
  };
  const wanted = inside.map(reader);
  const unwanted = outside.map(reader);
  const isMember = (member: readonly boolean[]) =>
    wanted.every((test) => test(member)) && !unwanted.some((test) => test(member));
  const { cells, complete } = explore(languages, { budget, until: isMember });
  const cell = cells.find(({ member }) => isMember(member));
  if (cell !== undefined) return { found: true, example: cell.witness };
  return complete ? { found: false } : { found: 'too-complex' };
}

/** True when no string is in all of the sets; null when that is too complex to say. */
export function isEmpty(sets: readonly StringSet[]): boolean | null {
  return refuted(findMember(sets));
}

/** A string that is in both sets, if there is one. */
export function intersects(one: readonly StringSet[], other: readonly StringSet[]): Search {
  return findMember([...one, ...other]);
}

/** True when every string of the smaller sets is in all of the larger ones; null when that is too complex to say. */
export function includes(larger: readonly StringSet[], smaller: readonly StringSet[]): boolean | null {
  const answers = larger.map((set) => refuted(findMember(smaller, [set])));
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function refuted(search: Search): boolean | null {
  return search.found === 'too-complex' ? null : !search.found;
}
