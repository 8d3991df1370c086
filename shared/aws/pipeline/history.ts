import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { readRecord } from '../../findings/stored.ts';
import type { Permission } from '../../lambda/permissions.ts';
import { type History, type Kept, newestBefore, thinned } from '../../pipeline/history.ts';
import { encryptedTable } from '../findings/dynamodb-store.ts';
import { HISTORY_SORT_KEY, keys } from '../findings/table.ts';

/** What keeping a snapshot in the history needs. */
export const historyPermissions: readonly Permission[] = [
  { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], on: 'table' },
  encryptedTable,
];

/** What looking back needs. */
export const historyReadPermissions: readonly Permission[] = [
  { actions: ['dynamodb:GetItem'], on: 'table' },
  encryptedTable,
];

/** Others were faster, again and again. */
export class HistoryConflictError extends Error {
  override readonly name = 'HistoryConflictError';
  constructor(account: string) {
    super(
      `The history of account ${account} was written by others ${MOST_ATTEMPTS} times in a row. Try again: nothing is lost.`,
    );
  }
}

const MOST_ATTEMPTS = 10;

const historySchema = z.strictObject({
  version: z.number().int().positive(),
  kept: z.array(z.strictObject({ takenAt: z.iso.datetime(), key: z.string() })),
});

type Stored = Readonly<z.infer<typeof historySchema>>;

/** The history of accounts in the finding table: one item an account, beside its findings. */
export function tableHistory(
  client: DynamoDBClient,
  tableName: () => string,
  pause: (attempt: number) => Promise<void>,
): History {
  return {
    keep: async (account, takenAt, key) => {
      for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
        const stored = await read(client, tableName(), account);
        const known = stored?.kept ?? [];
        if (known.some((each) => each.key === key && each.takenAt === takenAt)) return;
        const kept = thinned(known, { takenAt, key });
        if (
          await write(client, tableName(), account, { version: (stored?.version ?? 0) + 1, kept: [...kept] })
        )
          return;
        await pause(attempt);
      }
      throw new HistoryConflictError(account);
    },
    before: async (account, time) => {
      const kept: readonly Kept[] = (await read(client, tableName(), account))?.kept ?? [];
      return newestBefore(kept, time);
    },
  };
}

async function read(client: DynamoDBClient, TableName: string, account: string): Promise<Stored | null> {
  const Key = { pk: { S: keys.account(account) }, sk: { S: HISTORY_SORT_KEY } };
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (Item === undefined) return null;
  return readRecord(historySchema, `${keys.account(account)} ${HISTORY_SORT_KEY}`, Item['body']?.S ?? '');
}

/** False when somebody else wrote since the reading. */
async function write(
  client: DynamoDBClient,
  TableName: string,
  account: string,
  stored: Stored,
): Promise<boolean> {
  const first = stored.version === 1;
  try {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: {
          pk: { S: keys.account(account) },
          sk: { S: HISTORY_SORT_KEY },
          version: { N: String(stored.version) },
          body: { S: JSON.stringify(stored) },
        },
        ConditionExpression: first ? 'attribute_not_exists(pk)' : '#version = :version',
        ...(!first && {
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': { N: String(stored.version - 1) } },
        }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
