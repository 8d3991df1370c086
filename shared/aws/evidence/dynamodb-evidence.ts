import { createHash } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { dayOf, type Evidence, evidenceSchema, pairOf } from '../../evidence/record.ts';
import { type EvidenceStore, type Kept, MOST_PAIRS } from '../../evidence/store.ts';
import { readRecord } from '../../findings/stored.ts';
import type { Permission } from '../../lambda/permissions.ts';
import { keys } from '../findings/table.ts';

/** What writing observations down needs. */
export const evidenceWritePermissions: readonly Permission[] = [
  { actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], on: 'table' },
  {
    actions: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    on: 'key',
  },
];

/** What reading them for a snapshot needs. */
export const evidenceReadPermissions: readonly Permission[] = [
  { actions: ['dynamodb:Query'], on: 'table' },
  { actions: ['kms:Decrypt'], on: 'key' },
];

/** As long as CloudTrail's event history. */
const KEEP_DAYS = 90;

const PAIR = 'pair#';
const DAY = 'day#';
/** Sort key of the item that says since when the account is observed. */
const SINCE = 'since';

/** Observations in the table of findings, in a partition of their own for each account. */
export function dynamodbEvidence(client: DynamoDBClient, tableName: () => string): EvidenceStore {
  return {
    find: async (account, pair) => {
      const Key = keyOf(account, pairKey(pair));
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName(), Key, ConsistentRead: true }),
      );
      return Item === undefined ? null : readEvidence(Item);
    },
    put: async (account, evidence, isNew) => {
      if (isNew) {
        await markSince(client, tableName(), account, evidence.of.first);
        if (!(await takesOneMore(client, tableName(), account, evidence.of.last))) return 'full';
      }
      const Item = {
        ...keyOf(account, pairKey(pairOf(evidence))),
        body: { S: JSON.stringify(evidence) },
        ...expiring(evidence.of.last),
      };
      await client.send(new PutItemCommand({ TableName: tableName(), Item }));
      return 'written';
    },
    all: async (account) => readAll(client, tableName(), account),
  };
}

async function markSince(
  client: DynamoDBClient,
  TableName: string,
  account: string,
  first: string,
): Promise<void> {
  try {
    await client.send(
      new PutItemCommand({
        TableName,
        Item: { ...keyOf(account, SINCE), since: { S: first } },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** Counts a new pair of the day; once the count has passed the limit it stays there, which says that there were more. */
async function takesOneMore(
  client: DynamoDBClient,
  TableName: string,
  account: string,
  last: string,
): Promise<boolean> {
  const { expires } = expiring(last);
  try {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName,
        Key: keyOf(account, `${DAY}${dayOf(last)}`),
        UpdateExpression: 'ADD pairs :one SET expires = :expires',
        ConditionExpression: 'attribute_not_exists(pairs) OR pairs <= :most',
        ExpressionAttributeValues: {
          ':one': { N: '1' },
          ':expires': expires,
          ':most': { N: String(MOST_PAIRS) },
        },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    return Number(Attributes?.['pairs']?.N) <= MOST_PAIRS;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function readAll(client: DynamoDBClient, TableName: string, account: string): Promise<Kept> {
  const evidence: Evidence[] = [];
  const fullDays: string[] = [];
  let since: string | null = null;
  const input = {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: keys.evidence(account) } },
  };
  for await (const { Items = [] } of paginateQuery({ client }, input)) {
    for (const item of Items) {
      const sort = item['sk']?.S ?? '';
      if (sort.startsWith(PAIR)) evidence.push(readEvidence(item));
      else if (sort === SINCE) since = item['since']?.S ?? null;
      else if (Number(item['pairs']?.N) > MOST_PAIRS) fullDays.push(sort.slice(DAY.length));
    }
  }
  return { evidence, since, fullDays };
}

/** Names of strangers are of any length: their hash is not. */
const pairKey = (pair: string): string => `${PAIR}${createHash('sha256').update(pair).digest('hex')}`;

function keyOf(account: string, sort: string): { pk: AttributeValue; sk: AttributeValue } {
  return { pk: { S: keys.evidence(account) }, sk: { S: sort } };
}

function expiring(last: string): { expires: AttributeValue } {
  return { expires: { N: String(Math.ceil(Date.parse(last) / 1000) + KEEP_DAYS * 86_400) } };
}

/** Throws UnreadableRecordError when the item is not what podtrust wrote. */
function readEvidence(item: Record<string, AttributeValue>): Evidence {
  return readRecord(evidenceSchema, `${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`, item['body']?.S ?? '');
}
