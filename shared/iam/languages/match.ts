import type { Pattern, StringSet } from '../admitted-types.ts';
import { ARN_PARTS, splitArn } from '../arn.ts';
import { ANY_ONE, ANY_RUN, matcher, type StringTest } from '../glob.ts';
import { splitAtColons } from '../variables.ts';

const STAR = 42;
const QUESTION = 63;

/** Compiled once for each pattern object, since rules ask about many subjects. */
const tests = new WeakMap<Pattern, StringTest>();

/** True when the value is in the set. */
export function matches(set: StringSet, value: string): boolean {
  return (
    set.include.some((pattern) => matchesPattern(pattern, value)) &&
    !set.exclude.some((pattern) => matchesPattern(pattern, value))
  );
}

/** True when the value is in every one of the sets. */
export function matchesAll(sets: readonly StringSet[], value: string): boolean {
  return sets.every((set) => matches(set, value));
}

/** True when the pattern takes the value. */
export function matchesPattern(pattern: Pattern, value: string): boolean {
  let test = tests.get(pattern);
  if (test === undefined) {
    test = compilePattern(pattern);
    tests.set(pattern, test);
  }
  return test(value);
}

function compilePattern(pattern: Pattern): StringTest {
  const tokens = tokensOf(pattern);
  const test = pattern.arn ? arnTest(tokens) : matcher(tokens);
  return pattern.ignoreCase ? (value) => test(value.toLowerCase()) : test;
}

function arnTest(tokens: readonly number[]): StringTest {
  const parts = splitAtColons(tokens, ARN_PARTS).map(matcher);
  return (value) => {
    const actual = splitArn(value);
    return actual.length === parts.length && parts.every((part, index) => part(actual[index] ?? ''));
  };
}

function tokensOf({ text, literal, literalAt, ignoreCase }: Pattern): number[] {
  const folded = ignoreCase ? text.toLowerCase() : text;
  return Array.from({ length: folded.length }, (_, index) => {
    const code = folded.charCodeAt(index);
    if (literal || literalAt?.includes(index)) return code;
    if (code === STAR) return ANY_RUN;
    return code === QUESTION ? ANY_ONE : code;
  });
}
