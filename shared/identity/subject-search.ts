import type { Pattern, StringSet } from '../iam/admitted-types.ts';
import type { CompiledStatement } from '../iam/compile.ts';
import { globMatcher } from '../iam/glob.ts';
import { explore, type Language } from '../iam/languages/explore.ts';
import { conditionSet } from '../iam/languages/from-condition.ts';
import { languageOf } from '../iam/languages/sets.ts';
import type { PolicyVersion } from '../iam/policy.ts';
import { parseSubject } from './service-account.ts';
import { SERVICE_ACCOUNT_SUBJECTS } from './subject-language.ts';

/** What statements ask of the subject: in every set of `inside`, and, for each list of `outside`, not in all its sets. */
export interface SubjectQuery {
  readonly inside: readonly StringSet[];
  readonly outside: readonly (readonly StringSet[])[];
}

/** Joint states that one search may visit: policies of real size need some hundreds. */
const STEPS = 60_000;

/** A ServiceAccount's subject that satisfies the query, null when there is none, undefined when it is too complex to say. */
export function findSubject(query: SubjectQuery): string | null | undefined {
  const quick = quickSubject(query);
  if (quick !== undefined) return quick;
  const { inside, outside } = query;
  const languages: Language[] = [];
  const reader = (set: StringSet) => {
    const include = languages.push(languageOf(set.include)) - 1;
    const exclude = languages.push(languageOf(set.exclude)) - 1;
    return (member: readonly boolean[]) => member[include] === true && member[exclude] !== true;
  };
  const wanted = inside.map(reader);
  const unwanted = outside.map((sets) => sets.map(reader));
  const fits = (member: readonly boolean[]) =>
    wanted.every((test) => test(member)) && !unwanted.some((tests) => tests.every((test) => test(member)));
  const { cells, complete } = explore(languages, {
    budget: { steps: STEPS },
    within: SERVICE_ACCOUNT_SUBJECTS,
    until: fits,
  });
  const found = cells.find(({ member }) => fits(member));
  if (found !== undefined) return found.witness;
  return complete ? null : undefined;
}

/**
 * The answer for the usual queries, without automata: one of the sets lists its subjects, so that only those come into
 * question; or the patterns, their wildcards filled in, are subjects. Undefined when it takes more than that.
 */
function quickSubject({ inside, outside }: SubjectQuery): string | null | undefined {
  if (
    outside.length > 0 ||
    inside.some(({ include, exclude }) => [...include, ...exclude].some(isIntricate))
  ) {
    return undefined;
  }
  const listed = inside.find(({ include }) => include.every(({ literal }) => literal));
  const candidates =
    (listed ?? inside[0])?.include.map(({ text }) => text.replace(/[*?]/g, listed ? '$&' : 'a')) ?? [];
  const found = candidates.find(
    (text) => parseSubject(text) !== null && inside.every((set) => contains(set, text)),
  );
  return found ?? (listed === undefined ? undefined : null);
}

/** Patterns that are more than plain text or plain globs. */
function isIntricate({ ignoreCase, arn, literalAt }: Pattern): boolean {
  return ignoreCase || arn === true || literalAt !== undefined;
}

function contains({ include, exclude }: StringSet, text: string): boolean {
  const takes = (pattern: Pattern) =>
    pattern.literal ? pattern.text === text : globMatcher(pattern.text)(text);
  return include.some(takes) && !exclude.some(takes);
}

/** The sets that a statement's conditions on one key ask for; those that are no set of strings are left out. */
export function setsOf(compiled: CompiledStatement, key: string, version: PolicyVersion): StringSet[] {
  return compiled.conditions.flatMap((condition) => {
    if (condition.key !== key) return [];
    const asked = conditionSet(condition.condition, version);
    return asked === null ? [] : [asked.set];
  });
}
