import { createHash, randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { CALLS, type Evidence, type Noted, notedSchema, pairOf, shareOf } from '../../evidence/record.ts';
import { type EvidenceStore, type Kept, MOST_PAIRS, spansOf } from '../../evidence/store.ts';
import { readRecord } from '../../findings/stored.ts';
import { pause } from '../../lambda/pause.ts';
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
/** Sort keys of the items that say since when the account's sessions, and calls, are observed. */
const SINCE = 'since';
const CALLS_SINCE = 'since#calls';

/** Observations in the table of findings, in a partition of their own for each account. */
export function dynamodbEvidence(
  client: DynamoDBClient,
  tableName: () => string,
  wait: (attempt: number) => Promise<void> = pause,
): EvidenceStore {
  const get = async (account: string, sort: string) =>
    (
      await client.send(
        new GetItemCommand({ TableName: tableName(), Key: keyOf(account, sort), ConsistentRead: true }),
      )
    ).Item;
  return {
    find: async (account, pair) => {
      const item = await get(account, pairKey(pair));
      return item === undefined ? null : { ...readNoted(item), revision: item['revision']?.S ?? '' };
    },
    put: async (account, noted, revision) => {
      const Item = {
        ...keyOf(account, pairKey(pairOf(noted.evidence))),
        body: { S: JSON.stringify(noted) },
        revision: { S: randomUUID() },
        ...expiring(noted.evidence.of.last),
      };
      if (revision !== null) return replace(client, { TableName: tableName(), Item }, revision);
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await putNew(client, tableName(), account, noted.evidence, Item);
        if (outcome !== 'busy') return outcome;
        if (attempt === MOST_ATTEMPTS) return 'conflict';
        await wait(attempt);
      }
    },
    day: async (account, share) => {
      const item = await get(account, `${DAY}${share}`);
      const full = item?.['overflow']?.BOOL === true || Number(item?.['pairs']?.N ?? 0) >= MOST_PAIRS;
      return { full, asked: item?.['asked']?.S ?? null };
    },
    markFull: async (account, share, asked) => {
      const { expires } = expiring(share.startsWith(CALLS) ? share.slice(CALLS.length) : share);
      await client.send(
        new UpdateItemCommand({
          TableName: tableName(),
          Key: keyOf(account, `${DAY}${share}`),
          UpdateExpression: `SET overflow = :true, expires = :expires${asked === null ? '' : ', asked = :asked'}`,
          ExpressionAttributeValues: {
            ':true': { BOOL: true },
            ':expires': expires,
            ...(asked !== null && { ':asked': { S: asked } }),
          },
        }),
      );
    },
    all: async (account) => readAll(client, tableName(), account),
  };
}

type Item = Record<string, AttributeValue>;

/** One write of a pair that is known: whoever read an older state of it writes nothing. */
async function replace(
  client: DynamoDBClient,
  input: { readonly TableName: string; readonly Item: Item },
  revision: string,
): Promise<'written' | 'conflict'> {
  try {
    await client.send(
      new PutItemCommand({
        ...input,
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':revision': { S: revision } },
      }),
    );
    return 'written';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException)
      return 'conflict';
    throw error;
  }
}

/**
 * A new pair, the count of its day and since when the account is observed are written together or not at all. The SDK
 * sends a token with it, so that a transaction that is sent again after a lost answer counts once.
 */
async function putNew(
  client: DynamoDBClient,
  TableName: string,
  account: string,
  evidence: Evidence,
  Item: Item,
): Promise<'written' | 'conflict' | 'full' | 'busy'> {
  const { first, last } = evidence.of;
  const share = shareOf(evidence);
  const { expires } = expiring(last);
  try {
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
          {
            Update: {
              TableName,
              Key: keyOf(account, `${DAY}${share}`),
              UpdateExpression: 'ADD pairs :one SET expires = :expires',
              ConditionExpression:
                'attribute_not_exists(overflow) AND (attribute_not_exists(pairs) OR pairs < :most)',
              ExpressionAttributeValues: {
                ':one': { N: '1' },
                ':expires': expires,
                ':most': { N: String(MOST_PAIRS) },
              },
            },
          },
          {
            Update: {
              TableName,
              Key: keyOf(account, share.startsWith(CALLS) ? CALLS_SINCE : SINCE),
              UpdateExpression: 'SET since = if_not_exists(since, :first)',
              ExpressionAttributeValues: { ':first': { S: first } },
            },
          },
        ],
      }),
    );
    return 'written';
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const codes = error.CancellationReasons?.map(({ Code }) => Code ?? 'None') ?? [];
    if (codes[0] === FAILED) return 'conflict';
    if (codes[1] === FAILED) return 'full';
    if (codes.includes('TransactionConflict')) return 'busy';
    throw error;
  }
}

const FAILED = 'ConditionalCheckFailed';
/** All new pairs of an account and day write to one item: who comes second tries again. */
const MOST_ATTEMPTS = 6;

async function readAll(client: DynamoDBClient, TableName: string, account: string): Promise<Kept> {
  const evidence: Evidence[] = [];
  const full: string[] = [];
  let since: string | null = null;
  let callsSince: string | null = null;
  const input = {
    TableName,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: keys.evidence(account) } },
  };
  for await (const { Items = [] } of paginateQuery({ client }, input)) {
    for (const item of Items) {
      const sort = item['sk']?.S ?? '';
      if (sort.startsWith(PAIR)) evidence.push(readNoted(item).evidence);
      else if (sort === SINCE) since = item['since']?.S ?? null;
      else if (sort === CALLS_SINCE) callsSince = item['since']?.S ?? null;
      else if (item['overflow']?.BOOL === true) full.push(sort.slice(DAY.length));
    }
  }
  return { evidence, ...spansOf(since, callsSince, full) };
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
function readNoted(item: Item): Noted {
  return readRecord(notedSchema, `${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`, item['body']?.S ?? '');
}
