import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { readRecord } from '../../findings/stored.ts';
import type { Permission } from '../../lambda/permissions.ts';
import { type ScanStates, scanStateSchema } from '../../pipeline/scan/scan-states.ts';
import { encryptedTable } from '../findings/dynamodb-store.ts';
import { keys, SCAN_SORT_KEY } from '../findings/table.ts';

/** What tableScanStates needs. */
export const scanStatePermissions: readonly Permission[] = [
  { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], on: 'table' },
  encryptedTable,
];

/** An account that no scan judges any more is forgotten. */
const FORGET_AFTER_DAYS = 90;

/** What scans remember, in the finding table: one item an account, beside its findings. */
export function tableScanStates(client: DynamoDBClient, tableName: () => string): ScanStates {
  const keyOf = (account: string) => ({ pk: { S: keys.account(account) }, sk: { S: SCAN_SORT_KEY } });
  return {
    get: async (account) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName(), Key: keyOf(account), ConsistentRead: true }),
      );
      if (Item === undefined) return null;
      return readRecord(scanStateSchema, `${keys.account(account)} ${SCAN_SORT_KEY}`, Item['body']?.S ?? '');
    },
    put: async (account, state) => {
      const expires = Math.floor(Date.parse(state.at) / 1000) + FORGET_AFTER_DAYS * 86_400;
      await client.send(
        new PutItemCommand({
          TableName: tableName(),
          Item: { ...keyOf(account), body: { S: JSON.stringify(state) }, expires: { N: String(expires) } },
        }),
      );
    },
  };
}
