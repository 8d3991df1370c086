import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { dynamodbStore } from '../../shared/aws/findings/dynamodb-store.ts';
import { findingStoreSuite } from '../support/finding-store-suite.ts';
import { createTableInput } from '../support/finding-table.ts';

let moto: EmulatorServer;
let client: DynamoDBClient;
let tables = 0;

beforeAll(async () => {
  moto = await startMoto();
  client = new DynamoDBClient({
    endpoint: moto.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
});

afterAll(async () => {
  client.destroy();
  await moto.close();
});

findingStoreSuite(async () => {
  tables += 1;
  const name = `findings-${tables}`;
  await client.send(new CreateTableCommand(createTableInput(name)));
  return dynamodbStore(client, () => name);
});
