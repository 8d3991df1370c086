import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  DynamoDBClient,
  InternalServerError,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { batchGet, UnprocessedKeysError } from '../../../../shared/aws/findings/batch-get.ts';
import { dynamodbStore } from '../../../../shared/aws/findings/dynamodb-store.ts';
import { memoryKey } from '../../../../shared/aws/findings/items.ts';
import { stepsOf } from '../../../../shared/findings/lifecycle.ts';
import { type FindingScope, findingScopeKey } from '../../../../shared/findings/scope.ts';
import { sha256 } from '../../../../shared/lambda/hash.ts';
import { ACCOUNT, auditOf, findingOf, ROLE_SCOPE } from '../../../support/findings.ts';

const failure = { $metadata: {}, message: 'no' };
const canceled = (...codes: string[]) =>
  new TransactionCanceledException({ ...failure, CancellationReasons: codes.map((Code) => ({ Code })) });

/** A client whose calls are answered here. */
function clientOf(answer: (input: object, operation: string | undefined) => object): DynamoDBClient {
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  client.middlewareStack.add(
    (_next, { commandName }) =>
      async ({ input }) => ({ output: { $metadata: {}, ...answer(input, commandName) }, response: {} }),
    { step: 'initialize', priority: 'low' },
  );
  return client;
}

const failing = (error: Error) =>
  dynamodbStore(
    clientOf(() => {
      throw error;
    }),
    () => 'findings',
  );

const scope: FindingScope = { kind: 'account', account: ACCOUNT };
const steps = stepsOf([], auditOf(1, { findings: [findingOf()] }), { hash: sha256 });

describe('a commit', () => {
  it.each([
    ['a condition failed', canceled('None', 'ConditionalCheckFailed')],
    ['another transaction is under way', canceled('TransactionConflict', 'None')],
  ])('is a conflict when %s', async (_name, error) => {
    expect(await failing(error).commit(steps, new Map())).toEqual({ outcome: 'conflict', transitions: [] });
  });

  it.each([
    ['it was throttled', canceled('None', 'ThrottlingError')],
    ['an item is too large', canceled('ValidationError')],
    ['no reason is given', new TransactionCanceledException(failure)],
    ['DynamoDB fails', new InternalServerError(failure)],
  ])('fails when %s', async (_name, error) => {
    await expect(failing(error).commit(steps, new Map())).rejects.toBe(error);
  });

  it('keeps each transaction within its limits, each step whole and behind the checks of its scopes', async () => {
    const findings = Array.from({ length: 300 }, (_, index) =>
      findingOf({
        role: `arn:aws:iam::${ACCOUNT}:role/role-${index}`,
        ...(index % 2 === 0 && { region: 'eu-west-1', cluster: `shop-${index % 4}` }),
        evidence: { text: '漢'.repeat(index % 5 === 0 ? 90_000 : 10) },
      }),
    );
    const many = stepsOf([], auditOf(1, { scope, findings }), { hash: sha256 });
    const sent: TransactWriteItemsCommandInput[] = [];
    const client = clientOf((input, operation) => {
      expect(operation).toBe(TransactWriteItemsCommand.name);
      sent.push(input as TransactWriteItemsCommandInput);
      return {};
    });
    const { transitions } = await dynamodbStore(client, () => 'findings').commit(many, new Map());
    expect(transitions).toEqual(many.map(({ transition }) => transition));
    for (const { TransactItems = [] } of sent) {
      expect(TransactItems.length).toBeLessThanOrEqual(100);
      expect(Buffer.byteLength(JSON.stringify(TransactItems))).toBeLessThan(4_000_000);
      const put = TransactItems.flatMap((item) => item.Put?.Item?.['sk']?.S ?? []);
      expect(put.filter((key) => key === 'transition')).toHaveLength(put.length / 2);
      const checked = TransactItems.flatMap((item) => item.ConditionCheck?.Key?.['sk']?.S ?? []);
      expect(new Set(checked).size).toBe(checked.length);
      for (const item of TransactItems) {
        const role = item.Put?.Item?.['role']?.S;
        if (role !== undefined)
          expect(checked).toContain(`scope#${findingScopeKey({ kind: 'role', account: ACCOUNT, role })}`);
      }
    }
    expect(sent.length).toBeGreaterThan(6);
  });

  it('says what it wrote before a conflict', async () => {
    const findings = Array.from({ length: 100 }, (_, index) => findingOf({ rule: `rule-${index}` }));
    const many = stepsOf([], auditOf(1, { findings }), { hash: sha256 });
    let calls = 0;
    const client = clientOf(() => {
      calls += 1;
      if (calls > 1) throw canceled('ConditionalCheckFailed');
      return {};
    });
    const { outcome, transitions } = await dynamodbStore(client, () => 'findings').commit(many, new Map());
    expect(outcome).toBe('conflict');
    expect(transitions).toEqual(many.slice(0, 49).map(({ transition }) => transition));
  });
});

describe('the memory of a scope', () => {
  const memory = { version: 2, runs: [], expires: 1 };

  it.each([
    ['it is not what it was', new ConditionalCheckFailedException(failure)],
    ['a transaction holds it', new TransactionConflictException(failure)],
  ])('is not kept when %s', async (_name, error) => {
    expect(await failing(error).remember(ROLE_SCOPE, memory)).toBe('conflict');
  });

  it('is not kept, and this is an error, when DynamoDB fails', async () => {
    const error = new InternalServerError(failure);
    await expect(failing(error).remember(ROLE_SCOPE, memory)).rejects.toBe(error);
    await expect(failing(error).markPublished('id', new Date(0))).rejects.toBe(error);
  });
});

describe('reading by keys', () => {
  const wanted = Array.from({ length: 250 }, (_, index) => memoryKey(ACCOUNT, String(index)));
  const requested = (input: object) =>
    (input as BatchGetItemCommandInput).RequestItems?.['findings']?.Keys ?? [];

  it('asks for a hundred at most, as of now, and again for what was left', async () => {
    const asked: number[] = [];
    const client = clientOf((input, operation) => {
      expect(operation).toBe(BatchGetItemCommand.name);
      expect(input).toMatchObject({ RequestItems: { findings: { ConsistentRead: true } } });
      const all = requested(input);
      asked.push(all.length);
      const [done, left] = all.length === 100 ? [all.slice(0, 60), all.slice(60)] : [all, []];
      return {
        Responses: { findings: done },
        ...(left.length > 0 && { UnprocessedKeys: { findings: { Keys: left } } }),
      };
    });
    expect(await batchGet(client, 'findings', wanted, async () => {})).toEqual(wanted);
    expect(asked).toEqual([100, 40, 100, 40, 50]);
  });

  it('gives up, rather than take what was not read for absent', async () => {
    const client = clientOf((input) => ({ UnprocessedKeys: { findings: { Keys: requested(input) } } }));
    await expect(batchGet(client, 'findings', wanted, async () => {})).rejects.toThrow(UnprocessedKeysError);
  });
});
