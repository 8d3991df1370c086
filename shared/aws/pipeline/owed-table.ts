import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { passingOver } from '../../findings/stored.ts';
import type { Permission } from '../../lambda/permissions.ts';
import type { OwedImports } from '../../pipeline/owed-imports.ts';
import { batchGet } from '../findings/batch-get.ts';
import { encryptedTable } from '../findings/dynamodb-store.ts';
import { findingKey, type Item, readFinding } from '../findings/items.ts';
import { OWED_PARTITION_KEY } from '../findings/table.ts';

/** What noting an import that failed needs. */
export const owedNotePermissions: readonly Permission[] = [
  { actions: ['dynamodb:PutItem'], on: 'table' },
  encryptedTable,
];

/** What making good the noted ones needs. */
export const owedPermissions: readonly Permission[] = [
  { actions: ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:Query'], on: 'table' },
  encryptedTable,
];

/** The notes in the table of findings; `newToken` gives a text that it never gave before. */
export function owedTable(
  client: DynamoDBClient,
  tableName: () => string,
  newToken: () => string,
): OwedImports {
  return {
    note: async ({ account, fingerprint }) => {
      const Item = { ...noteKey(fingerprint), account: { S: account }, token: { S: newToken() } };
      await client.send(new PutItemCommand({ TableName: tableName(), Item }));
    },
    list: async function* () {
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName(),
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: OWED_PARTITION_KEY } },
        },
      );
      for await (const { Items = [] } of pages) {
        for (const { sk, account, token } of Items)
          yield { fingerprint: sk?.S ?? '', account: account?.S ?? '', token: token?.S ?? '' };
      }
    },
    current: async (owed) => {
      const items = await batchGet(
        client,
        tableName(),
        owed.map((each) => findingKey(each)),
      );
      const bySortKey = new Map(items.map((item) => [item['sk']?.S, item]));
      return new Map(
        owed.flatMap((each) => {
          const item = bySortKey.get(findingKey(each)['sk']?.S);
          if (item === undefined) return [];
          return [
            [
              each.fingerprint,
              passingOver(
                () => readFinding(item),
                () => {},
              ) ?? 'unreadable',
            ] as const,
          ];
        }),
      );
    },
    settle: async ({ fingerprint, token }) => {
      try {
        await client.send(
          new DeleteItemCommand({
            TableName: tableName(),
            Key: noteKey(fingerprint),
            ConditionExpression: '#token = :token',
            ExpressionAttributeNames: { '#token': 'token' },
            ExpressionAttributeValues: { ':token': { S: token } },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

function noteKey(fingerprint: string): Item {
  return { pk: { S: OWED_PARTITION_KEY }, sk: { S: fingerprint } };
}
