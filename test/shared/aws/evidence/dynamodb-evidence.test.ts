import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  InternalServerError,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamodbEvidence } from '../../../../shared/aws/evidence/dynamodb-evidence.ts';
import type { Noted } from '../../../../shared/evidence/record.ts';
import { UnreadableRecordError } from '../../../../shared/findings/stored.ts';
import { webDenial } from '../../../../shared/rules/examples/denied.ts';
import { ACCOUNT } from '../../../../shared/rules/examples/estate.ts';

const failure = { $metadata: {}, message: 'no' };
const canceled = (...codes: string[]) =>
  new TransactionCanceledException({ ...failure, CancellationReasons: codes.map((Code) => ({ Code })) });
const FAILED = 'ConditionalCheckFailed';
const noted: Noted = { evidence: { kind: 'web-denial', of: webDenial() } };

/** A store over a table whose calls are answered here. */
function storeOf(answer: (operation: string, input: object) => object) {
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const waits: number[] = [];
  client.middlewareStack.add(
    (_next, { commandName = '' }) =>
      async ({ input }) => ({ output: { $metadata: {}, ...answer(commandName, input) }, response: {} }),
    { step: 'initialize', priority: 'low' },
  );
  const store = dynamodbEvidence(
    client,
    () => 'findings',
    async (attempt) => void waits.push(attempt),
  );
  return { store, waits };
}

const failing = (error: Error) =>
  storeOf(() => {
    throw error;
  }).store;

describe('a new pair', () => {
  it.each([
    ['it is there already', canceled(FAILED, 'None', 'None'), 'conflict'],
    ['it is there already, and the day is full', canceled(FAILED, FAILED, 'None'), 'conflict'],
    ['the day is full', canceled('None', FAILED, 'None'), 'full'],
    ['others write all the time', canceled('None', 'TransactionConflict', 'None'), 'conflict'],
  ])('is not written when %s', async (_when, error, outcome) => {
    expect(await failing(error).put(ACCOUNT, noted, null)).toBe(outcome);
  });

  it.each([
    ['it was throttled', canceled('None', 'ThrottlingError', 'None')],
    ['no reason is given', new TransactionCanceledException(failure)],
    ['DynamoDB fails', new InternalServerError(failure)],
  ])('is an error when %s', async (_when, error) => {
    await expect(failing(error).put(ACCOUNT, noted, null)).rejects.toBe(error);
  });

  it('is tried again, after a pause, while another new pair of the day is written', async () => {
    let calls = 0;
    const { store, waits } = storeOf(() => {
      calls += 1;
      if (calls < 3) throw canceled('None', 'TransactionConflict', 'None');
      return {};
    });
    expect(await store.put(ACCOUNT, noted, null)).toBe('written');
    expect(waits).toEqual([1, 2]);
  });

  it('is written together with the count of its day, or not at all', async () => {
    const sent: TransactWriteItemsCommandInput[] = [];
    const { store } = storeOf((operation, input) => {
      expect(operation).toBe('TransactWriteItemsCommand');
      sent.push(input as TransactWriteItemsCommandInput);
      return {};
    });
    await store.put(ACCOUNT, noted, null);
    expect(sent).toHaveLength(1);
    const keys = sent[0]?.TransactItems?.map(({ Put, Update }) => (Put?.Item ?? Update?.Key)?.['sk']?.S);
    expect(keys).toEqual([expect.stringMatching(/^pair#[0-9a-f]{64}$/), 'day#2026-11-21', 'since']);
  });
});

describe('a known pair', () => {
  it.each([
    ['it is in another state', new ConditionalCheckFailedException(failure)],
    ['a transaction holds it', new TransactionConflictException(failure)],
  ])('is not written when %s', async (_when, error) => {
    expect(await failing(error).put(ACCOUNT, noted, 'a')).toBe('conflict');
  });

  it('is an error when DynamoDB fails', async () => {
    const error = new InternalServerError(failure);
    const store = failing(error);
    await expect(store.put(ACCOUNT, noted, 'a')).rejects.toBe(error);
    await expect(store.find(ACCOUNT, 'pair')).rejects.toBe(error);
    await expect(store.day(ACCOUNT, '2026-11-21')).rejects.toBe(error);
    await expect(store.markFull(ACCOUNT, '2026-11-21', null)).rejects.toBe(error);
    await expect(store.all(ACCOUNT)).rejects.toBe(error);
  });

  it('that podtrust did not write is an error, never absent', async () => {
    const { store } = storeOf(() => ({ Item: { body: { S: '{"evidence":{}}' } } }));
    await expect(store.find(ACCOUNT, 'pair')).rejects.toThrow(UnreadableRecordError);
  });
});

it('reads every page of an account', async () => {
  let page = 0;
  const body = { S: JSON.stringify(noted) };
  const { store } = storeOf(() => {
    page += 1;
    return page === 1
      ? { Items: [{ sk: { S: 'pair#1' }, body }], LastEvaluatedKey: { pk: { S: 'x' }, sk: { S: 'pair#1' } } }
      : {
          Items: [
            { sk: { S: 'day#2026-11-20' }, overflow: { BOOL: true } },
            { sk: { S: 'day#2026-11-21' }, pairs: { N: '1000' } },
            { sk: { S: 'since' }, since: { S: '2026-11-01T00:00:00Z' } },
          ],
        };
  });
  expect(await store.all(ACCOUNT)).toEqual({
    evidence: [noted.evidence],
    since: '2026-11-01T00:00:00Z',
    fullDays: ['2026-11-20'],
    calls: { since: null, fullDays: [] },
  });
});
