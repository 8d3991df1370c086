import { setTimeout as sleep } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Item } from './items.ts';

/** DynamoDB API reference, BatchGetItem. */
const MOST_KEYS = 100;
const MOST_ATTEMPTS = 8;

/** DynamoDB hands keys back unread, again and again: the table is short of capacity. */
export class UnprocessedKeysError extends Error {
  override readonly name = 'UnprocessedKeysError';
  constructor(table: string, left: number) {
    super(
      `The table ${table} left ${left} keys unread ${MOST_ATTEMPTS} times: it is throttled. Try again later.`,
    );
  }
}

/** Longer and longer, and never for all at the same time. */
const backOff = (attempt: number): Promise<void> => sleep(Math.random() * 25 * 2 ** attempt);

/** Reads items by key as they are now; keys without an item are absent from the result. */
export async function batchGet(
  client: DynamoDBClient,
  table: string,
  wanted: readonly Item[],
  pause = backOff,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let start = 0; start < wanted.length; start += MOST_KEYS) {
    items.push(...(await readAll(client, table, wanted.slice(start, start + MOST_KEYS), pause)));
  }
  return items;
}

async function readAll(
  client: DynamoDBClient,
  table: string,
  wanted: readonly Item[],
  pause: (attempt: number) => Promise<void>,
): Promise<Item[]> {
  const items: Item[] = [];
  let left: Item[] = [...wanted];
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if (attempt > MOST_ATTEMPTS) throw new UnprocessedKeysError(table, left.length);
    if (attempt > 1) await pause(attempt);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
    );
    items.push(...(Responses?.[table] ?? []));
    left = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}
