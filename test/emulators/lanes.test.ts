import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { relationPermissions, tableRelations } from '../../shared/aws/pipeline/relations.ts';
import {
  busyLanePermissions,
  registerPermissions,
  tableRegister,
} from '../../shared/aws/pipeline/scope-register.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { pause } from '../../shared/lambda/pause.ts';
import { createTableInput } from '../support/finding-table.ts';
import { registerSuite } from '../support/register-suite.ts';
import { relationsSuite } from '../support/relations-suite.ts';

let moto: EmulatorServer;
let tables = 0;
const clients: DynamoDBClient[] = [];
const called = { lanes: new Set<string>(), relations: new Set<string>() };

function clientOf(calls: Set<string>): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint: moto.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.add(`dynamodb:${commandName.replace(/Command$/, '')}`);
        return next(args);
      },
    { step: 'initialize' },
  );
  clients.push(client);
  return client;
}

async function newTable(): Promise<string> {
  tables += 1;
  const name = `lanes-${tables}`;
  await clientOf(new Set()).send(new CreateTableCommand(createTableInput(name)));
  return name;
}

beforeAll(async () => {
  moto = await startMoto();
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await moto.close();
});

const now = () => new Date();

registerSuite(async () => {
  const name = await newTable();
  return tableRegister(clientOf(called.lanes), () => name, { hash: sha256, now, pause });
});

relationsSuite(async () => {
  const name = await newTable();
  return tableRelations(clientOf(called.relations), () => name, sha256, now);
});

it.each([
  ['the register', called.lanes, [...registerPermissions, ...busyLanePermissions]],
  ['relations', called.relations, relationPermissions],
])('%s calls what its permissions name, and nothing else', (_name, calls, permissions) => {
  const declared = permissions
    .flatMap(({ actions }) => actions)
    .filter((action) => action.startsWith('dynamodb:'));
  expect([...calls].sort()).toEqual([...new Set(declared)].sort());
});
