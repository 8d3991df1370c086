import { resolve } from 'node:path';
import type { Records } from '../../shared/changes/repairs/records.ts';
import { type RepairStore, repairStore } from '../../shared/changes/repairs/repair-store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import type { Io } from '../io.ts';
import type { StoreOptions } from './options.ts';

/** The store of repairs, and what it is made from. */
export interface OpenStore {
  readonly store: RepairStore;
  readonly records: Records;
  readonly close: () => void;
}

/** Opens the table or the file that a verb names. */
export async function openStore(options: StoreOptions, io: Io): Promise<OpenStore> {
  const { records, close } = await openRecords(options, io);
  return { records, close, store: repairStore({ records, hash: sha256, now: io.now }) };
}

async function openRecords(
  { store, table, profile, region }: StoreOptions,
  io: Io,
): Promise<{ readonly records: Records; readonly close: () => void }> {
  if (table === undefined) {
    const { openSqliteRecords } = await import('../../shared/sqlite/records.ts');
    const records = openSqliteRecords(store === ':memory:' ? store : resolve(io.cwd, store));
    return { records, close: records.close };
  }
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { clientConfigs } = await import('../../shared/aws/clients.ts');
  const { dynamodbRecords } = await import('../../shared/aws/repairs/dynamodb-records.ts');
  const configure = clientConfigs({
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
  });
  const client = new DynamoDBClient(configure(null, null));
  return { records: dynamodbRecords(client, () => table), close: () => client.destroy() };
}
