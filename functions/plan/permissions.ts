import { evidenceReadPermissions } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { claimReadPermissions } from '../../shared/aws/pipeline/claims.ts';
import { historyReadPermissions } from '../../shared/aws/pipeline/history.ts';
import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';
import { repairTablePermissions } from '../../shared/aws/repairs/dynamodb-records.ts';
import { findingReadPermissions, writeRolePermissions } from '../../shared/aws/repairs/permissions.ts';

/** What plan may do: read what was found and kept, keep plans, read tags, tell. */
export const permissions = [
  ...claimReadPermissions,
  ...findingReadPermissions,
  ...historyReadPermissions,
  ...evidenceReadPermissions,
  ...repairTablePermissions,
  ...writeRolePermissions,
  ...topicPermissions,
];
