import { evidenceReadPermissions } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { findingWritePermissions } from '../../shared/aws/findings/dynamodb-store.ts';
import { claimReadPermissions } from '../../shared/aws/pipeline/claims.ts';
import { historyReadPermissions } from '../../shared/aws/pipeline/history.ts';

/** What evaluate may do: it has no access to any account, only to what was kept of them. */
export const permissions = [
  ...claimReadPermissions,
  ...findingWritePermissions,
  ...historyReadPermissions,
  ...evidenceReadPermissions,
];
