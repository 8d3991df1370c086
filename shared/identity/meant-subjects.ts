import type { CompiledStatement } from '../iam/compile.ts';
import type { PolicyVersion } from '../iam/policy.ts';
import { isPositive } from './claim-flaws.ts';
import { parseClaimKey } from './claim-key.ts';
import type { Issuer } from './issuer.ts';
import { likelySubject } from './malformed-subject.ts';
import { hasWildcard, parseSubject, subjectOf } from './service-account.ts';
import { findSubject, setsOf } from './subject-search.ts';

/** Subjects of one statement that are looked at: a trust policy has no room for many more. */
const MOST_SUBJECTS = 100;

/**
 * Subjects that a statement means: those it lists, slips of the pen forgiven, one for each pattern, and one that satisfies
 * all its conditions at once; some ServiceAccount where it names none.
 */
export function meantSubjects(compiled: CompiledStatement, issuer: Issuer, version: PolicyVersion): string[] {
  const subjects = new Set([...jointSubjects(compiled, issuer, version), ...listedSubjects(compiled)]);
  if (subjects.size === 0) subjects.add(subjectOf('default', 'default'));
  return [...subjects].slice(0, MOST_SUBJECTS);
}

/** For each key that tests the subject, one that satisfies everything asked of it. */
function jointSubjects(compiled: CompiledStatement, issuer: Issuer, version: PolicyVersion): string[] {
  const keys = new Set([`${issuer.key}:sub`.toLowerCase()]);
  for (const { key } of compiled.conditions) if (parseClaimKey(key)?.claim === 'sub') keys.add(key);
  return [...keys].flatMap((key) => {
    const inside = setsOf(compiled, key, version);
    return inside.length === 0 ? [] : (findSubject({ inside, outside: [] }) ?? []);
  });
}

function listedSubjects({ conditions }: CompiledStatement): string[] {
  return conditions
    .filter(({ condition }) => isPositive(condition.operator))
    .flatMap(({ condition }) => condition.values)
    .filter((value) => /service[-_ ]?account/i.test(value))
    .slice(0, MOST_SUBJECTS)
    .flatMap((value) =>
      parseSubject(value) === null ? (likelySubject(value) ?? exampleOf(value) ?? []) : value,
    );
}

function exampleOf(pattern: string): string | null {
  if (!hasWildcard(pattern)) return null;
  const include = [{ text: pattern, literal: false, ignoreCase: false }];
  return findSubject({ inside: [{ include, exclude: [] }], outside: [] }) ?? null;
}
