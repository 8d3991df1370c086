import { InternalServerError } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tableRelations } from '../../../../shared/aws/pipeline/relations.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import { relationsSuite } from '../../../support/relations-suite.ts';
import { stubTable } from '../../../support/stub-table.ts';

const ACCOUNT = '111122223333';
const DAY = 86_400_000;
const START = Date.parse('2026-11-20T09:00:00Z');

// What is left over is tried again without waiting.
beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
afterEach(() => void vi.restoreAllMocks());

function setUp() {
  const table = stubTable();
  const clock = { now: START };
  const relations = tableRelations(
    table.client,
    () => 'findings',
    sha256,
    () => new Date(clock.now),
  );
  const writes = () =>
    table.calls.filter(({ operation }) => operation !== 'GetItem' && operation !== 'Query');
  return { table, relations, clock, writes };
}

relationsSuite(async () => setUp().relations);

describe('what an account has', () => {
  it('is not written again while it is the same', async () => {
    const { relations, clock, writes } = setUp();
    await relations.keep(ACCOUNT, ['issuer x']);
    const before = writes().length;
    clock.now = START + 7 * DAY - 1000;
    await relations.keep(ACCOUNT, ['issuer x']);
    expect(writes()).toHaveLength(before);
  });

  it.each([
    ['it changed', 0, ['issuer y']],
    ['it is no more', 0, []],
    ['seven days are over', 7 * DAY, ['issuer x']],
  ])('is written when %s', async (_name, later, subjects) => {
    const { relations, clock, writes } = setUp();
    await relations.keep(ACCOUNT, ['issuer x']);
    const before = writes().length;
    clock.now = START + later;
    await relations.keep(ACCOUNT, subjects);
    expect(writes().length).toBeGreaterThan(before);
    const settled = writes().length;
    await relations.keep(ACCOUNT, subjects);
    expect(writes()).toHaveLength(settled);
  });

  it('is forgotten sixty days after it was last written, and written again well before', async () => {
    const { table, relations, clock } = setUp();
    const expires = () => [...table.items.values()].map((item) => Number(item['expires']?.N) * 1000);
    await relations.keep(ACCOUNT, ['issuer x']);
    expect(expires()).toEqual([START + 60 * DAY, START + 60 * DAY]);
    clock.now = START + 8 * DAY;
    await relations.keep(ACCOUNT, ['issuer x']);
    expect(expires()).toEqual([START + 68 * DAY, START + 68 * DAY]);
  });

  it('is bounded, however many subjects there are', async () => {
    const { table, relations } = setUp();
    await relations.keep(
      ACCOUNT,
      Array.from({ length: 5000 }, (_, n) => `issuer ${n}`),
    );
    expect(table.items.size).toBe(2501);
  });
});

describe('a batch', () => {
  it('that DynamoDB takes in parts is written whole', async () => {
    const { table, relations } = setUp();
    table.batch = 10;
    const subjects = Array.from({ length: 30 }, (_, n) => `issuer ${n}`);
    await relations.keep(ACCOUNT, subjects);
    for (const subject of subjects) expect(await relations.accountsWith([subject])).toEqual([ACCOUNT]);
  });

  it('that DynamoDB leaves over again and again is an error that names the table, and is written next time', async () => {
    const { table, relations } = setUp();
    table.batch = 0;
    await expect(relations.keep(ACCOUNT, ['issuer x'])).rejects.toThrow(/left 1 writes over.*findings/);
    table.batch = 25;
    await relations.keep(ACCOUNT, ['issuer x']);
    expect(await relations.accountsWith(['issuer x'])).toEqual([ACCOUNT]);
  });

  it.each(['GetItem', 'BatchWriteItem', 'PutItem'])(
    'whose %s fails, before or after, is written next time',
    async (operation) => {
      for (const takesEffect of [false, true]) {
        const { table, relations } = setUp();
        const error = new InternalServerError({ $metadata: {}, message: 'sorry' });
        table.fault = (call) => (call.operation === operation ? { takesEffect, error } : undefined);
        await expect(relations.keep(ACCOUNT, ['issuer x'])).rejects.toBe(error);
        table.fault = () => undefined;
        await relations.keep(ACCOUNT, ['issuer x']);
        expect(await relations.accountsWith(['issuer x'])).toEqual([ACCOUNT]);
        expect(table.items.size).toBe(2);
      }
    },
  );
});

it('accounts that cannot be looked up are an error: nobody takes them for none', async () => {
  const { table, relations } = setUp();
  const error = new InternalServerError({ $metadata: {}, message: 'sorry' });
  table.fault = () => ({ takesEffect: false, error });
  await expect(relations.accountsWith(['issuer x'])).rejects.toBe(error);
});
