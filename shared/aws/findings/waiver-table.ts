import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { readRecord } from '../../findings/stored.ts';
import type { Permission } from '../../lambda/permissions.ts';
import { type WaiverStore, waiverKey } from '../../waivers/store.ts';
import { type Waiver, waiverSchema } from '../../waivers/waiver.ts';
import { encryptedTable } from './dynamodb-store.ts';
import { FINDING_TABLE, keys, WAIVERS_PARTITION_KEY } from './table.ts';

/** What reading the waivers needs. */
export const waiverReadPermissions: readonly Permission[] = [
  { actions: ['dynamodb:Query'], on: 'table' },
  encryptedTable,
];

/** Waivers in the table of findings, one item each; `hash` makes their ids from what they say. */
export function waiverTable(
  client: DynamoDBClient,
  tableName: () => string,
  hash: (text: string) => string,
): WaiverStore {
  const idOf = (waiver: Waiver) => hash(waiverKey(waiver)).slice(0, 32);
  return {
    list: async () => [...(await stored(client, tableName())).values()],
    replace: async (waivers) => {
      const TableName = tableName();
      const there = await stored(client, TableName);
      const wanted = new Map(waivers.map((waiver) => [keys.waiver(idOf(waiver)), waiver]));
      const added = [...wanted].filter(([sk]) => !there.has(sk));
      const removed = [...there.keys()].filter((sk) => !wanted.has(sk));
      for (const [sk, waiver] of added)
        await client.send(
          new PutItemCommand({ TableName, Item: { ...keyOf(sk), body: { S: JSON.stringify(waiver) } } }),
        );
      for (const sk of removed) await client.send(new DeleteItemCommand({ TableName, Key: keyOf(sk) }));
      return { added: added.length, removed: removed.length };
    },
  };
}

function keyOf(sk: string): Record<string, AttributeValue> {
  return { [FINDING_TABLE.partitionKey]: { S: WAIVERS_PARTITION_KEY }, [FINDING_TABLE.sortKey]: { S: sk } };
}

async function stored(client: DynamoDBClient, TableName: string): Promise<ReadonlyMap<string, Waiver>> {
  const found = new Map<string, Waiver>();
  const pages = paginateQuery(
    { client },
    {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': FINDING_TABLE.partitionKey },
      ExpressionAttributeValues: { ':pk': { S: WAIVERS_PARTITION_KEY } },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const sk = item[FINDING_TABLE.sortKey]?.S ?? '';
      found.set(sk, readRecord(waiverSchema, sk, item['body']?.S ?? ''));
    }
  }
  return found;
}
