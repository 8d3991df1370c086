import { findingWritePermissions } from '../../shared/aws/findings/dynamodb-store.ts';
import { waiverReadPermissions } from '../../shared/aws/findings/waiver-table.ts';

/** What apply-waivers may do: it sees the table and nothing of the accounts. */
export const permissions = [...findingWritePermissions, ...waiverReadPermissions];
