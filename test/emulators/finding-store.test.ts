import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import {
  dynamodbStore,
  findingListPermissions,
  findingMarkPermissions,
  findingWritePermissions,
} from '../../shared/aws/findings/dynamodb-store.ts';
import { waiverTable } from '../../shared/aws/findings/waiver-table.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import type { Waiver } from '../../shared/waivers/waiver.ts';
import { findingStoreSuite } from '../support/finding-store-suite.ts';
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

findingStoreSuite(async () => {
  tables += 1;
  const name = `findings-${tables}`;
  await client.send(new CreateTableCommand(createTableInput(name)));
  return dynamodbStore(client, () => name);
});

it('keeps waivers beside the findings, no more and no fewer than were handed over', async () => {
  await client.send(new CreateTableCommand(createTableInput('waivers')));
  const table = waiverTable(client, () => 'waivers', sha256);
  const waiver = (rule: string): Waiver => ({
    rule,
    owner: 'o',
    reason: 'r',
    ticket: 't',
    expires: '2027-01-31',
  });
  const many = Array.from({ length: 60 }, (_, index) => waiver(`no-rule-${index}`));
  expect(await table.list()).toEqual([]);
  expect(await table.replace(many)).toEqual({ added: 60, removed: 0 });
  expect(await table.replace(many)).toEqual({ added: 0, removed: 0 });
  expect(await table.replace([...many.slice(1), waiver('no-other')])).toEqual({ added: 1, removed: 1 });
  const rules = (await table.list()).map(({ rule }) => rule);
  expect(rules.toSorted()).toEqual([...many.slice(1).map(({ rule }) => rule), 'no-other'].sort());
  expect(
    (await dynamodbStore(client, () => 'waivers').findingsOf({ kind: 'account', account: 'x' })).length,
  ).toBe(0);
});

it('calls what its permissions name, and nothing else', () => {
  // A transaction is allowed by the actions in it (DynamoDB developer guide, "Using IAM with DynamoDB transactions").
  const parts: Record<string, string[]> = {
    TransactWriteItems: ['PutItem', 'ConditionCheckItem'],
    CreateTable: [],
  };
  const needed = [...called].flatMap((name) => parts[name] ?? [name]).map((name) => `dynamodb:${name}`);
  const declared = [...findingWritePermissions, ...findingMarkPermissions, ...findingListPermissions].flatMap(
    ({ actions }) => actions,
  );
  const ofTable = [...declared, 'dynamodb:DeleteItem'].filter((action) => action.startsWith('dynamodb:'));
  expect([...new Set(needed)].sort()).toEqual([...new Set(ofTable)].sort());
});
