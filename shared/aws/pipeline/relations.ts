import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Permission } from '../../lambda/permissions.ts';
import type { Relations } from '../../pipeline/resolve-scope.ts';
import { encryptedTable } from '../findings/dynamodb-store.ts';
import { keys, RELATIONS_SORT_KEY } from '../findings/table.ts';

/** What tableRelations needs. */
export const relationPermissions: readonly Permission[] = [
  {
    actions: ['dynamodb:BatchWriteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    on: 'table',
  },
  encryptedTable,
];

/** What was not seen for so long is forgotten; what is still there is written again well before. */
const FORGET_AFTER_DAYS = 60;
const REFRESH_AFTER_DAYS = 7;
const DAY = 86_400;
/** EKS allows 100 clusters in a region and IAM 700 providers in an account: what is beyond is not kept. */
const MOST_SUBJECTS = 2_500;
/** DynamoDB API reference, BatchWriteItem: 25 requests. */
const BATCH = 25;
const TRIES = 8;

/** Relations in the table of findings: one item for each subject and account, written when an account's have changed. */
export function tableRelations(
  client: DynamoDBClient,
  tableName: () => string,
  hash: (text: string) => string,
  now: () => Date,
): Relations {
  return {
    keep: async (account, all) => {
      const subjects = all.slice(0, MOST_SUBJECTS);
      const seconds = Math.floor(now().getTime() / 1000);
      const digest = hash(JSON.stringify(subjects));
      if (await isKept(client, tableName(), account, digest, seconds)) return;
      const expires = { N: String(seconds + FORGET_AFTER_DAYS * DAY) };
      for (let at = 0; at < subjects.length; at += BATCH) {
        const requests = subjects.slice(at, at + BATCH).map(
          (subject): WriteRequest => ({
            PutRequest: {
              Item: { pk: { S: keys.relation(subject) }, sk: { S: keys.account(account) }, expires },
            },
          }),
        );
        await writeAll(client, tableName(), requests);
      }
      // Last, so that a crash before it writes everything again.
      await client.send(
        new PutItemCommand({
          TableName: tableName(),
          Item: { ...digestKey(account), digest: { S: digest }, at: { N: String(seconds) }, expires },
        }),
      );
    },
    accountsWith: async (subjects) => {
      const found = new Set<string>();
      for (const subject of subjects) {
        const pages = paginateQuery(
          { client },
          {
            TableName: tableName(),
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': { S: keys.relation(subject) } },
          },
        );
        for await (const { Items = [] } of pages) {
          for (const { sk } of Items) {
            const account = /^account#(\d{12})$/.exec(sk?.S ?? '')?.[1];
            if (account !== undefined) found.add(account);
          }
        }
      }
      return [...found].sort();
    },
  };
}

const digestKey = (account: string): Record<string, AttributeValue> => ({
  pk: { S: keys.account(account) },
  sk: { S: RELATIONS_SORT_KEY },
});

async function isKept(
  client: DynamoDBClient,
  TableName: string,
  account: string,
  digest: string,
  seconds: number,
): Promise<boolean> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: digestKey(account) }));
  const age = seconds - Number(Item?.['at']?.N ?? 0);
  return Item?.['digest']?.S === digest && age < REFRESH_AFTER_DAYS * DAY;
}

/** Writes a batch; what DynamoDB leaves over is tried again. Throws when it is left over again and again. */
async function writeAll(client: DynamoDBClient, table: string, requests: WriteRequest[]): Promise<void> {
  let left = requests;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: left } }),
    );
    left = UnprocessedItems?.[table] ?? [];
    if (left.length === 0) return;
    await sleep(Math.random() * 50 * 2 ** attempt);
  }
  throw new Error(
    `DynamoDB left ${left.length} writes over ${TRIES} times: the table ${table} is throttled.`,
  );
}
