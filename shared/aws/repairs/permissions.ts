import type { Permission } from '../../lambda/permissions.ts';
import { encryptedTable } from '../findings/dynamodb-store.ts';

/** What looking up findings needs. */
export const findingReadPermissions: readonly Permission[] = [
  { actions: ['dynamodb:Query'], on: 'table-and-indexes' },
  encryptedTable,
];

/** What entering accounts to write needs; what a session may do there, each change says. */
export const writeRolePermissions: readonly Permission[] = [
  { actions: ['sts:AssumeRole'], on: 'write-roles' },
];
