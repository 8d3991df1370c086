import type { Condition } from '../../iam/policy.ts';
import { hasWildcard, SUBJECT_PREFIX } from '../../identity/service-account.ts';
import { NOBODY } from './web-door.ts';

/** What a subject pattern admits, widest first. */
export const SHAPES = [
  'every-namespace',
  'some-namespaces',
  'whole-namespace',
  'some-names',
  'exact',
] as const;
export type Shape = (typeof SHAPES)[number];

/** A subject pattern, its shape, and a subject that it admits and that nobody had in mind. */
export interface SubjectPattern {
  readonly pattern: string;
  readonly shape: Shape;
  readonly example: string;
}

/** Operators that ask a value to be one of those listed. */
const POSITIVE = new Set(['StringEquals', 'StringEqualsIgnoreCase', 'StringLike', 'ArnEquals', 'ArnLike']);
/** Those of them that take wildcards. */
const GLOB = new Set(['StringLike', 'ArnEquals', 'ArnLike']);

/** True for a condition that names the values that get in, rather than those that do not. */
export function isPositive(condition: Condition): boolean {
  return POSITIVE.has(condition.operator.name);
}

/** The values of one positive condition as subject patterns. */
function subjectPatterns(condition: Condition): SubjectPattern[] {
  const globs = GLOB.has(condition.operator.name);
  return condition.values.map((pattern) => ({
    pattern,
    shape: globs ? shapeOf(pattern) : 'exact',
    example: globs ? exampleOf(pattern) : pattern,
  }));
}

/**
 * The patterns that decide: of several conditions on the subject, which are ANDed, the one whose widest value is the
 * narrowest. Empty when no condition is positive.
 */
export function decidingPatterns(conditions: readonly Condition[]): SubjectPattern[] {
  const sets = conditions.filter(isPositive).map(subjectPatterns);
  const widest = (set: readonly SubjectPattern[]) =>
    Math.min(...set.map(({ shape }) => SHAPES.indexOf(shape)), SHAPES.length);
  return sets.sort((a, b) => widest(b) - widest(a))[0] ?? [];
}

/** True when some condition takes a wildcard: without one there is no pattern to look at. */
export function hasPattern(conditions: readonly Condition[]): boolean {
  return conditions.some(({ operator, values }) => GLOB.has(operator.name) && values.some(hasWildcard));
}

/** Wildcards cross colons, so that the text before the first one says how much of namespace and name is fixed. */
export function shapeOf(pattern: string): Shape {
  if (!hasWildcard(pattern)) return 'exact';
  const fixed = pattern.slice(0, pattern.search(/[*?]/));
  if (fixed.length <= SUBJECT_PREFIX.length) return namespaceShape(pattern);
  if (!fixed.includes(':', SUBJECT_PREFIX.length)) return 'some-namespaces';
  const name = pattern.slice(pattern.indexOf(':', SUBJECT_PREFIX.length) + 1);
  return /^[*?]*\*[*?]*$/.test(name) ? 'whole-namespace' : 'some-names';
}

/** The wildcard starts at or before the namespace: every namespace, unless what follows pins down how it ends. */
function namespaceShape(pattern: string): Shape {
  const rest = pattern.slice(pattern.indexOf('*') + 1);
  if (!pattern.includes('*') || pattern.search(/[*?]/) !== pattern.indexOf('*')) return 'some-namespaces';
  return rest === '' || rest.startsWith(':') || rest.startsWith('*') ? 'every-namespace' : 'some-namespaces';
}

/** A subject that the pattern admits: its wildcards filled with names that nobody has. */
export function exampleOf(pattern: string): string {
  const one = pattern.replaceAll('?', 'x');
  const first = one.indexOf('*');
  if (first < 0) return one;
  const before = one.slice(0, first);
  const after = one.slice(first + 1).replaceAll('*', NOBODY);
  return before + fillFor(before, after) + after;
}

/** What the first `*` stands for, so that the whole has prefix, namespace and name. */
function fillFor(before: string, after: string): string {
  if (before.length < SUBJECT_PREFIX.length) {
    const prefix = SUBJECT_PREFIX.startsWith(before) ? SUBJECT_PREFIX.slice(before.length) : '';
    return after.includes(':') ? `${prefix}${NOBODY}` : `${prefix}${NOBODY}:${NOBODY}`;
  }
  const named = before.includes(':', SUBJECT_PREFIX.length);
  return named || after.includes(':') ? NOBODY : `${NOBODY}:${NOBODY}`;
}
