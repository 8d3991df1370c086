import { accessEntryReaders } from './access-entries.ts';
import { associationReaders } from './associations.ts';
import { clusterReaders } from './clusters.ts';
import { policyReaders } from './policies.ts';
import { providerReaders } from './providers.ts';
import type { EventReader } from './reader.ts';
import { roleReaders } from './roles.ts';
import { sessionReaders } from './sessions.ts';

/** Every event that podtrust can read. The bus rules' patterns are made from the changes among them. */
export const eventReaders: readonly EventReader[] = [
  ...roleReaders,
  ...policyReaders,
  ...providerReaders,
  ...clusterReaders,
  ...associationReaders,
  ...accessEntryReaders,
  ...sessionReaders,
];
