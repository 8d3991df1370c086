import { evidenceReadPermissions } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { claimReadPermissions, claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { historyPermissions } from '../../shared/aws/pipeline/history.ts';
import { relationPermissions } from '../../shared/aws/pipeline/relations.ts';

/** What assemble may do: nothing in the accounts; it keeps what others read. */
export const permissions = [
  ...claimReadPermissions,
  ...claimWritePermissions,
  ...historyPermissions,
  ...evidenceReadPermissions,
  ...relationPermissions,
];
