import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import {
  dynamodbEvidence,
  evidenceReadPermissions,
  evidenceWritePermissions,
} from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { evidenceStoreSuite } from '../support/evidence-store-suite.ts';
import { createTableInput } from '../support/finding-table.ts';

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
        called.add(`dynamodb:${commandName.replace(/Command$/, '')}`);
        return next(args);
      },
    { step: 'initialize' },
  );
});

afterAll(async () => {
  client.destroy();
  await moto.close();
});

evidenceStoreSuite(async () => {
  tables += 1;
  const name = `evidence-${tables}`;
  await client.send(new CreateTableCommand(createTableInput(name)));
  return dynamodbEvidence(client, () => name);
});

it('calls what its permissions name, and nothing else', () => {
  const declared = [...evidenceWritePermissions, ...evidenceReadPermissions]
    .flatMap(({ actions }) => actions)
    .filter((action) => action.startsWith('dynamodb:'));
  called.delete('dynamodb:CreateTable');
  // A transaction is allowed by the actions of its parts (DynamoDB developer guide, "Using IAM with DynamoDB transactions").
  expect(called.delete('dynamodb:TransactWriteItems')).toBe(true);
  expect([...called].sort()).toEqual([...new Set(declared)].sort());
});
