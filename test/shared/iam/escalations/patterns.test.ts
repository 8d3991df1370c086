import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, intersection, overlaps } from '../../../../shared/iam/escalations/patterns.ts';
import { globMatcher } from '../../../../shared/iam/glob.ts';

describe('covers', () => {
  it.each([
    ['*', 'arn:aws:s3:::shop', true],
    ['iam:*', 'iam:Pass*', true],
    ['iam:Pass*', 'iam:*', false],
    ['role/app-*', 'role/app-?', true],
    ['role/app-?', 'role/app-*', false],
    ['a*c', 'ab*c', true],
    ['a*c', 'ab*', false],
    ['??', '?a', true],
    ['', '', true],
    ['', '*', false],
    ['*', '', true],
  ])('%s over %s: %s', (wide, narrow, expected) => {
    expect(covers(wide, narrow)).toBe(expected);
  });
});

describe('overlaps', () => {
  it.each([
    ['a*', '*b', true],
    ['a*', 'b*', false],
    ['arn:aws:iam::*:role/*', 'arn:aws:s3:::*', false],
    ['arn:*:iam::*:role/*', 'arn:aws:s3:::*', true],
    ['arn:*:iam::*:role/*', 'arn:aws:*', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['', '*', true],
  ])('%s with %s: %s', (one, other, expected) => {
    expect(overlaps(one, other)).toBe(expected);
    expect(overlaps(other, one)).toBe(expected);
  });
});

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });

describe('properties', () => {
  it('what a covered pattern matches, the covering one matches', () => {
    void fc.assert(
      fc.property(pattern, pattern, word, (wide, narrow, text) => {
        fc.pre(covers(wide, narrow));
        if (globMatcher(narrow)(text)) expect(globMatcher(wide)(text)).toBe(true);
      }),
    );
  });

  it('patterns that match one word overlap, and have an intersection', () => {
    void fc.assert(
      fc.property(pattern, pattern, word, (one, other, text) => {
        const both = globMatcher(one)(text) && globMatcher(other)(text);
        if (both) expect([overlaps(one, other), intersection(one, other) === null]).toEqual([true, false]);
      }),
    );
  });

  it('patterns that overlap have a word in common', () => {
    const words = Array.from({ length: 9 }, (_, length) => length).flatMap((length) =>
      Array.from({ length: 2 ** length }, (_, bits) =>
        bits.toString(2).padStart(length, '0').slice(0, length).replaceAll('0', 'a').replaceAll('1', 'b'),
      ),
    );
    const short = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });
    void fc.assert(
      fc.property(short, short, (one, other) => {
        const common = words.some((text) => globMatcher(one)(text) && globMatcher(other)(text));
        expect(overlaps(one, other)).toBe(common);
      }),
    );
  });

  it('a pattern and one text: covering is matching', () => {
    void fc.assert(
      fc.property(pattern, word, (glob, text) => {
        expect(covers(glob, text)).toBe(globMatcher(glob)(text));
      }),
    );
  });
});
