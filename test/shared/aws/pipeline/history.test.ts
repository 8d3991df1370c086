import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { HistoryConflictError, tableHistory } from '../../../../shared/aws/pipeline/history.ts';
import { type History, memoryHistory } from '../../../../shared/pipeline/history.ts';

interface Put {
  readonly Item: { readonly version: { readonly N: string } };
  readonly ExpressionAttributeValues?: { readonly ':version': { readonly N: string } };
}

/** A table of one item whose conditional writes hold; `meanwhile` runs before each write. */
function table(meanwhile: () => Promise<void> = async () => {}): DynamoDBClient {
  let item: Put['Item'] | undefined;
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  client.middlewareStack.add(
    (_next, { commandName }) =>
      async ({ input }) => {
        if (commandName === 'GetItemCommand') return { output: { $metadata: {}, Item: item }, response: {} };
        await meanwhile();
        const put = input as unknown as Put;
        if (item?.version.N !== put.ExpressionAttributeValues?.[':version'].N)
          throw new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });
        item = put.Item;
        return { output: { $metadata: {} }, response: {} };
      },
    { step: 'initialize', priority: 'low' },
  );
  return client;
}

const at = (minute: number) => `2026-11-20T09:${String(minute).padStart(2, '0')}:00.000Z`;
const dynamodb = () =>
  tableHistory(
    table(),
    () => 'findings',
    async () => {},
  );

describe.each<[string, () => History]>([
  ['in memory', memoryHistory],
  ['in DynamoDB', dynamodb],
])('a history %s', (_name, make) => {
  it('gives the newest snapshot before a time, and null where there is none', async () => {
    const history = make();
    expect(await history.before('111122223333', at(59))).toBeNull();
    for (const minute of [10, 30, 20]) await history.keep('111122223333', at(minute), `k${minute}`);
    await history.keep('111122223333', at(30), 'k30');
    expect(await history.before('111122223333', at(30))).toEqual({ takenAt: at(20), key: 'k20' });
    expect(await history.before('111122223333', at(31))).toEqual({ takenAt: at(30), key: 'k30' });
    expect(await history.before('111122223333', at(10))).toBeNull();
  });
});

it('keeps both snapshots when two are kept at once', async () => {
  let writes = 0;
  const client = table(async () => {
    writes += 1;
    if (writes === 1) await history.keep('111122223333', at(2), 'b');
  });
  const history = tableHistory(
    client,
    () => 'findings',
    async () => {},
  );
  await history.keep('111122223333', at(1), 'a');
  expect(await history.before('111122223333', at(2))).toEqual({ takenAt: at(1), key: 'a' });
  expect(await history.before('111122223333', at(3))).toEqual({ takenAt: at(2), key: 'b' });
});

it('says so when others are always faster', async () => {
  const client = table(async () => {
    throw new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });
  });
  const pauses: number[] = [];
  const history = tableHistory(
    client,
    () => 'findings',
    async (attempt) => {
      pauses.push(attempt);
    },
  );
  await expect(history.keep('111122223333', at(1), 'a')).rejects.toThrow(HistoryConflictError);
  expect(pauses).toHaveLength(10);
});
