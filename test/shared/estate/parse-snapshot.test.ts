import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSnapshot, parseSnapshot } from '../../../shared/estate/parse-snapshot.ts';
import whole from '../../fixtures/stub-account.json' with { type: 'json' };

const EMPTY = { schemaVersion: 1, takenAt: '2026-11-22T12:00:00Z', accounts: [], coverage: [] };
const ACCOUNT = { id: '111122223333', partition: 'aws' };

const errorOf = (data: unknown): string => {
  const result = typeof data === 'string' ? parseSnapshot(data) : checkSnapshot(data);
  return 'error' in result ? result.error : 'no error';
};

it.each([
  ['the smallest snapshot', EMPTY],
  ['a whole one', whole],
])('takes %s', (_, data) => {
  expect(checkSnapshot(data)).toEqual({ snapshot: data });
  expect(parseSnapshot(`\uFEFF${JSON.stringify(data)}`)).toEqual({ snapshot: data });
});

describe('refuses', () => {
  it.each([
    ['an empty file', '', /not valid JSON.*podtrust collect/],
    ['a file that was cut off', '{"schemaVersion": 1, "accounts": [', /not valid JSON/],
    ['JSON of another kind', '{"Roles": []}', /not a podtrust snapshot: it has no schemaVersion/],
    ['null', 'null', /not a podtrust snapshot/],
    ['an array', '[1]', /not a podtrust snapshot/],
    [
      'a newer version',
      { ...EMPTY, schemaVersion: 2 },
      /schema version 2.*reads version 1: use a newer podtrust/,
    ],
    ['a version that is text', { ...EMPTY, schemaVersion: '1' }, /schema version "1".*reads version 1: take/],
    ['a missing list', { ...EMPTY, coverage: undefined }, /coverage: invalid input: expected array/],
    [
      'an unknown key, by its path',
      { ...EMPTY, accounts: [{ ...ACCOUNT, regions: [{ name: 'r', cluster: [] }] }] },
      /accounts\[0\]\.regions\[0\]: unrecognized key: "cluster"/,
    ],
    [
      'an account id of eleven digits',
      { ...EMPTY, accounts: [{ ...ACCOUNT, id: '11112222333' }] },
      /accounts\[0\]\.id/,
    ],
    [
      'one account twice',
      { ...EMPTY, accounts: [ACCOUNT, ACCOUNT] },
      /holds one account twice.*111122223333/,
    ],
    ['a time that is none', { ...EMPTY, takenAt: 'yesterday' }, /takenAt: invalid ISO datetime/],
  ])('%s', (_, data, message) => {
    expect(errorOf(data)).toMatch(message);
    expect(errorOf(data)).not.toMatch(/\n/);
  });

  it('with at most twenty places, and says how many more there are', () => {
    const accounts = Array.from({ length: 500 }, () => ({ id: 'x', partition: 'aws' }));
    const result = checkSnapshot({ ...EMPTY, accounts });
    expect('problem' in result && result.problem.where).toHaveLength(21);
    expect(errorOf({ ...EMPTY, accounts })).toMatch(/and 480 more/);
  });

  it('without repeating control characters or endless names of a hostile file', () => {
    const hostile = { ...EMPTY, [`\u001b[31m${'x'.repeat(100_000)}`]: 1 };
    expect(errorOf(hostile)).not.toContain('\u001b');
    expect(errorOf(hostile).length).toBeLessThan(1000);
  });
});

it('never throws, whatever the text or the data', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.jsonValue(), (text, data) => {
      parseSnapshot(text);
      checkSnapshot(data);
      checkSnapshot({ ...EMPTY, accounts: [data] });
    }),
  );
});
