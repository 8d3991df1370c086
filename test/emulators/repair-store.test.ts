import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { dynamodbRecords, repairTablePermissions } from '../../shared/aws/repairs/dynamodb-records.ts';
import { REPAIR_TABLE } from '../../shared/aws/repairs/table.ts';
import { repairStoreSuite } from '../support/repair-store-suite.ts';

let moto: EmulatorServer;
let client: DynamoDBClient;
let tables = 0;
const called = new Set<string>();

beforeAll(async () => {
  moto = await startMoto();
  client = new DynamoDBClient({
    endpoint: moto.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        called.add(commandName.replace(/Command$/, ''));
        return next(args);
      },
    { step: 'initialize' },
  );
});

afterAll(async () => {
  client.destroy();
  await moto.close();
});

repairStoreSuite(async () => {
  tables += 1;
  const name = `repairs-${tables}`;
  const { partitionKey, sortKey } = REPAIR_TABLE;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partitionKey, sortKey].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
    }),
  );
  return dynamodbRecords(client, () => name);
});

it('calls what its permissions name, and nothing else', () => {
  called.delete('CreateTable');
  const declared = repairTablePermissions.flatMap(({ actions }) => actions);
  const ofTable = declared.filter((action) => action.startsWith('dynamodb:'));
  expect([...called].map((name) => `dynamodb:${name}`).sort()).toEqual([...ofTable].sort());
});
