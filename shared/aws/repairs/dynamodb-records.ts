import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Kept, Records } from '../../changes/repairs/records.ts';
import type { Permission } from '../../lambda/permissions.ts';
import { encryptedTable } from '../findings/dynamodb-store.ts';

/** What repairs need of their table: no deleting, no writing in bulk, since neither can be conditional or undone. */
export const repairTablePermissions: readonly Permission[] = [
  { actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], on: 'repair-table' },
  encryptedTable,
];

/** Texts beyond this many characters are packed: an item takes 400 KB (DynamoDB developer guide, "Quotas"). */
const PACKED_FROM = 100_000;
const MOST_BYTES = 380_000;

/** A record is too large for an item of DynamoDB. */
class TooLargeRecordError extends Error {
  override readonly name = 'TooLargeRecordError';
  constructor(part: string, sort: string, bytes: number) {
    super(
      `${part} ${sort} takes ${bytes} bytes, the table takes ${MOST_BYTES}: split the plan into smaller ones.`,
    );
  }
}

type Item = Record<string, AttributeValue>;

/** Records in a DynamoDB table (`table.ts`), each written under the condition that it is still of the version before. */
export function dynamodbRecords(client: DynamoDBClient, tableName: () => string): Records {
  const under = (part: string, prefix: string): QueryCommandInput => ({
    TableName: tableName(),
    ConsistentRead: true,
    KeyConditionExpression: prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :sk)',
    ExpressionAttributeValues: { ':pk': { S: part }, ...(prefix !== '' && { ':sk': { S: prefix } }) },
  });
  return {
    read: async (part, sort) => {
      const Key = { pk: { S: part }, sk: { S: sort } };
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName(), Key, ConsistentRead: true }),
      );
      return Item === undefined ? null : keptOf(Item);
    },
    write: async (part, sort, body, version) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName(),
            Item: itemOf(part, sort, body, version + 1),
            ...(version === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: '#version = :version',
                  ExpressionAttributeNames: { '#version': 'version' },
                  ExpressionAttributeValues: { ':version': { N: String(version) } },
                }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    list: async (part, prefix) => {
      const found: Kept[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, under(part, prefix)))
        found.push(...Items.map(keptOf));
      return found;
    },
    last: async (part, prefix) => {
      const { Items = [] } = await client.send(
        new QueryCommand({ ...under(part, prefix), ScanIndexForward: false, Limit: 1 }),
      );
      return Items[0] === undefined ? null : keptOf(Items[0]);
    },
  };
}

function itemOf(part: string, sort: string, body: string, version: number): Item {
  const packed = body.length > PACKED_FROM ? gzipSync(body) : null;
  if (packed !== null && packed.length > MOST_BYTES) throw new TooLargeRecordError(part, sort, packed.length);
  return {
    pk: { S: part },
    sk: { S: sort },
    version: { N: String(version) },
    ...(packed === null ? { body: { S: body } } : { packed: { B: packed } }),
  };
}

function keptOf({ sk, version, body, packed }: Item): Kept {
  return {
    sort: sk?.S ?? '',
    version: Number(version?.N ?? 0),
    body: packed?.B === undefined ? (body?.S ?? '') : gunzipSync(packed.B).toString('utf8'),
  };
}
