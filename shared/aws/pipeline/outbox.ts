import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { FindingStore } from '../../findings/store.ts';
import type { Permission } from '../../lambda/permissions.ts';
import type { Outbox } from '../../pipeline/notify.ts';
import { dynamodbStore, findingMarkPermissions } from '../findings/dynamodb-store.ts';
import { transitionKey } from '../findings/items.ts';

/** What telling a transition once needs: to see whether somebody told it, and to mark it. */
export const outboxPermissions: readonly Permission[] = [
  { actions: ['dynamodb:GetItem'], on: 'table' },
  ...findingMarkPermissions,
];

/** The outbox in the table of findings. */
export function dynamodbOutbox(
  client: DynamoDBClient,
  tableName: () => string,
): Outbox & Pick<FindingStore, 'listUnpublished'> {
  const { markPublished, listUnpublished } = dynamodbStore(client, tableName);
  return {
    markPublished,
    listUnpublished,
    isPublished: async (id) => {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: tableName(),
          Key: transitionKey(id),
          ConsistentRead: true,
          ProjectionExpression: 'listed',
        }),
      );
      return Item?.['listed'] === undefined;
    },
  };
}
