import type { Trust } from '../estate/estate.ts';
import type { Problem } from '../iam/policy.ts';

/**
 * What IAM stores and reads otherwise than it looks. Left out are spellings that IAM forgives, and values whose mistake
 * has a rule of its own.
 */
const MISREAD: ReadonlySet<string> = new Set([
  'duplicate-key',
  'empty-principal',
  'no-values',
  'literal-variable',
  'unreadable-value',
  'imprecise-number',
]);

/** The problems for which a document counts as invalid: all that IAM refuses, and what it misreads. */
export function invalidities(trust: Trust): readonly Problem[] {
  return trust.parse.problems.filter(({ effect, code }) => effect === 'refused' || MISREAD.has(code));
}

/** A problem's place in words. */
export function whereIs({ line, column, pointer }: Problem): string {
  return `Line ${line}, column ${column}${pointer === '' ? '' : ` (${pointer})`}`;
}

/** Index of the statement that a pointer leads into, or null. */
export function statementOf(pointer: string): number | null {
  const match = /^\/statement(?:\/(\d+))?(?:\/|$)/i.exec(pointer);
  return match === null ? null : Number(match[1] ?? 0);
}
