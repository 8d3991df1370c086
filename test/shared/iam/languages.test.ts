import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pattern, StringSet } from '../../../shared/iam/admitted-types.ts';
import { accepts, automaton } from '../../../shared/iam/languages/automaton.ts';
import { explore } from '../../../shared/iam/languages/explore.ts';
import { globOf, symbolsOf } from '../../../shared/iam/languages/globs.ts';
import { matches, matchesAll, matchesPattern } from '../../../shared/iam/languages/match.ts';
import { findMember, includes, intersects, isEmpty } from '../../../shared/iam/languages/sets.ts';

const like = (text: string): Pattern => ({ text, literal: false, ignoreCase: false });
const exact = (text: string): Pattern => ({ text, literal: true, ignoreCase: false });
const anyCase = (text: string): Pattern => ({ text, literal: true, ignoreCase: true });
const arn = (text: string): Pattern => ({ text, literal: false, ignoreCase: false, arn: true });
const set = (include: readonly Pattern[], exclude: readonly Pattern[] = []): StringSet => ({
  include,
  exclude,
});

describe('a pattern takes a value', () => {
  it.each<[Pattern, string, boolean]>([
    [like('*'), '', true],
    [like('a*'), 'a', true],
    [like('a?'), 'a', false],
    [like('system:serviceaccount:*:api'), 'system:serviceaccount:a:b:api', true],
    [like('dev*'), 'dev-evil:x', true],
    [like('é?'), 'éß', true],
    [exact('a*'), 'ab', false],
    [exact('a*'), 'a*', true],
    [exact(''), '', true],
    [anyCase('API'), 'api', true],
    [anyCase('api'), 'API', true],
    [exact('api'), 'API', false],
    [{ ...like('a*b?'), literalAt: [1] }, 'a*bc', true],
    [{ ...like('a*b?'), literalAt: [1] }, 'axbc', false],
    [arn('arn:aws:eks:*:111122223333:cluster/*'), 'arn:aws:eks:eu-west-1:111122223333:cluster/a:b', true],
    [arn('arn:aws:eks:*:cluster/*'), 'arn:aws:eks:eu-west-1:111122223333:cluster/a', false],
    [arn('arn:aws:*'), 'arn:aws:eks:eu-west-1:111122223333:cluster/a', false],
    [arn('arn:*:eks:*:*:*'), 'arn:aws:eks:eu-west-1:111122223333:cluster/a', true],
  ])('%j takes %j: %s', (pattern, value, expected) => {
    expect(matchesPattern(pattern, value)).toBe(expected);
    expect(accepts(globOf(pattern), symbolsOf(value))).toBe(expected);
  });
});

describe('sets of strings', () => {
  it.each<[string, StringSet[], boolean]>([
    ['two literals exclude each other', [set([exact('a')]), set([exact('b')])], true],
    ['a literal within a wildcard', [set([exact('ab')]), set([like('a*')])], false],
    ['prefix and suffix always meet', [set([like('a*')]), set([like('*b')])], false],
    ['prefix and suffix of too short a string', [set([like('ab?')]), set([like('*cd')])], true],
    ['a wildcard without all that it takes', [set([like('a*')], [like('a*')])], true],
    ['a wildcard without a part', [set([like('a*')], [like('a?*')])], false],
    ['? and ?* leave the empty string', [set([like('*')], [like('?'), like('??*')])], false],
    ['the empty string taken away too', [set([like('*')], [like('?*'), exact('')])], true],
    ['case matters', [set([exact('API')]), set([exact('api')])], true],
    ['case does not matter', [set([anyCase('API')]), set([exact('api')])], false],
    ['no value at all', [set([])], true],
    [
      'an ARN whose wildcard cannot cross parts',
      [set([arn('arn:aws:*:x:y:z')]), set([like('arn:aws:a:b:*')], [like('*:b:y:*')])],
      true,
    ],
  ])('%s', (_, sets, empty) => {
    expect(isEmpty(sets)).toBe(empty);
    const search = findMember(sets);
    expect(search.found).toBe(!empty);
    if (search.found === true) expect(matchesAll(sets, search.example)).toBe(true);
  });

  it.each<[string, StringSet, StringSet, boolean]>([
    ['* includes all', set([like('*')]), set([like('a*')]), true],
    ['a* does not include *', set([like('a*')]), set([like('*')]), false],
    ['*a* includes *a?a*', set([like('*a*')]), set([like('*a?a*')]), true],
    ['a*a does not include a', set([like('a*a')]), set([exact('a')]), false],
    ['a union covers what no member covers', set([exact(''), like('?*')]), set([like('*')]), true],
    ['a** is a*', set([like('a*')]), set([like('a**')]), true],
    ['*?* is ?*', set([like('?*')]), set([like('*?*')]), true],
    ['api in any case is more than api', set([exact('api')]), set([anyCase('api')]), false],
    ['an exclusion makes smaller', set([like('a*')], [exact('ab')]), set([like('a*')]), false],
  ])('%s', (_, larger, smaller, expected) => {
    expect(includes([larger], [smaller])).toBe(expected);
  });

  it('gives an example of what two sets share', () => {
    expect(intersects([set([like('ns-*:api')])], [set([like('*x:*')])])).toEqual({
      found: true,
      example: 'ns-x:api',
    });
    expect(intersects([set([exact('a')])], [set([exact('b')])])).toEqual({ found: false });
  });

  it('answers or gives up, quickly, on patterns made to explode', () => {
    const bombs = Array.from({ length: 20 }, (_, index) =>
      set([like(`${`*${String.fromCharCode(97 + index)}?`.repeat(20)}*`)]),
    );
    expect(findMember(bombs).found).toBe('too-complex');
    expect(findMember([set([like('*a'.repeat(20))], [like('*a'.repeat(21))])]).found).toBe(true);
    expect(findMember([set([like('*a'.repeat(20))], [like('*a'.repeat(19))])]).found).toBe(false);
  });
});

const symbol = fc.constantFrom('a', 'b', 'A', ':', '-');
const value = fc.array(symbol, { maxLength: 7 }).map((parts) => parts.join(''));
const pattern: fc.Arbitrary<Pattern> = fc
  .record({
    text: fc
      .array(fc.oneof(symbol, fc.constantFrom('*', '?')), { maxLength: 6 })
      .map((parts) => parts.join('')),
    literal: fc.boolean(),
    ignoreCase: fc.boolean(),
    kind: fc.constantFrom('arn', 'escaped', 'plain'),
  })
  .map(({ text, literal, ignoreCase, kind }) => ({
    text,
    literal: literal && kind !== 'arn',
    ignoreCase,
    ...(kind === 'arn' ? { arn: true as const } : {}),
    ...(kind === 'escaped' ? { literalAt: [1] } : {}),
  }));
const someSet = fc.record({
  include: fc.array(pattern, { maxLength: 3 }),
  exclude: fc.array(pattern, { maxLength: 2 }),
});

describe('the automata', () => {
  it('take just what the matcher takes', () => {
    fc.assert(
      fc.property(pattern, value, (one, text) => {
        const expected = matchesPattern(one, text);
        const machine = automaton(globOf(one));
        const state = symbolsOf(text).reduce(machine.step, machine.start);
        expect(machine.accepts(state)).toBe(expected);
        expect(accepts(globOf(one), symbolsOf(text))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('find every combination of memberships that some string has, each with such a string', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 3 }), value, (patterns, text) => {
        const { cells, complete } = explore(
          patterns.map((one) => [globOf(one)]),
          { budget: { steps: 200_000 } },
        );
        expect(complete).toBe(true);
        for (const cell of cells) {
          expect(patterns.map((one) => matchesPattern(one, cell.witness))).toEqual(cell.member);
        }
        expect(cells.map((cell) => cell.member)).toContainEqual(
          patterns.map((one) => matchesPattern(one, text)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('find a member whenever sampling does, and only true members', () => {
    fc.assert(
      fc.property(fc.array(someSet, { maxLength: 3 }), fc.array(value, { maxLength: 20 }), (sets, texts) => {
        const search = findMember(sets);
        if (search.found === true) expect(matchesAll(sets, search.example)).toBe(true);
        else for (const text of texts) expect(sets.every((one) => matches(one, text))).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
