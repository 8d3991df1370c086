import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameDocument } from '../../../shared/iam/same-document.ts';
import '../../support/fixed-seed.ts';

const statement = (action: unknown, more: object = {}) => ({
  Sid: 'One',
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: action,
  ...more,
});
const text = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const ONE = text(statement(['sts:AssumeRole', 'sts:TagSession']));

describe('one document in other words', () => {
  it.each<[string, string, string]>([
    ['other white space', ONE, JSON.stringify(JSON.parse(ONE), null, 4)],
    ['another order of a list', ONE, text(statement(['sts:TagSession', 'sts:AssumeRole']))],
    ['a list of one as the one', text(statement(['sts:AssumeRole'])), text(statement('sts:AssumeRole'))],
    [
      'one statement without its list',
      text(statement('a')),
      `{"Version":"2012-10-17","Statement":${JSON.stringify(statement('a'))}}`,
    ],
    [
      'a truth value as text',
      text(statement('a', { Condition: { Bool: { k: true } } })),
      text(statement('a', { Condition: { Bool: { k: 'true' } } })),
    ],
    ['escapes', ONE, ONE.replace('sts:AssumeRole', 'sts:Assume\\u0052ole')],
  ])('is the same with %s', (_how, one, other) => {
    expect(sameDocument(one, other)).toBe(true);
    expect(sameDocument(other, one)).toBe(true);
  });

  it.each<[string, string, string]>([
    ['another action', ONE, text(statement(['sts:AssumeRole']))],
    ['another version', ONE, ONE.replace('2012-10-17', '2008-10-17')],
    ['another Sid', ONE, ONE.replace('"One"', '"Two"')],
    [
      'another order of statements',
      text(statement('a'), statement('b')),
      text(statement('b'), statement('a')),
    ],
    ['a member that stands twice', ONE, ONE.replace('"Sid":"One"', '"Sid":"Zero","Sid":"One"')],
    ['a text that is no JSON', ONE, `${ONE},`],
    ['another case of a value', ONE, ONE.replace('sts:TagSession', 'sts:tagsession')],
  ])('is another with %s', (_how, one, other) => {
    expect(sameDocument(one, other)).toBe(false);
    expect(sameDocument(other, one)).toBe(false);
  });

  it('is itself, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (any) => sameDocument(any, any)));
    fc.assert(
      fc.property(fc.json(), (any) => sameDocument(any, JSON.stringify(JSON.parse(any)))),
      { numRuns: 300 },
    );
  });
});
