import type { StringSet } from '../iam/admitted-types.ts';
import type { CompiledStatement } from '../iam/compile.ts';
import { explore, type Language } from '../iam/languages/explore.ts';
import { conditionSet } from '../iam/languages/from-condition.ts';
import { languageOf } from '../iam/languages/sets.ts';
import type { PolicyVersion } from '../iam/policy.ts';
import { SERVICE_ACCOUNT_SUBJECTS } from './subject-language.ts';

/** What statements ask of the subject: in every set of `inside`, and, for each list of `outside`, not in all its sets. */
export interface SubjectQuery {
  readonly inside: readonly StringSet[];
  readonly outside: readonly (readonly StringSet[])[];
}

/** Joint states that one search may visit: policies of real size need some hundreds. */
const STEPS = 60_000;

/** A ServiceAccount's subject that satisfies the query, null when there is none, undefined when it is too complex to say. */
export function findSubject({ inside, outside }: SubjectQuery): string | null | undefined {
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

/** The sets that a statement's conditions on one key ask for; those that are no set of strings are left out. */
export function setsOf(compiled: CompiledStatement, key: string, version: PolicyVersion): StringSet[] {
  return compiled.conditions.flatMap((condition) => {
    if (condition.key !== key) return [];
    const asked = conditionSet(condition.condition, version);
    return asked === null ? [] : [asked.set];
  });
}
