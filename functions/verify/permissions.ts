import { evidenceReadPermissions } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { claimReadPermissions } from '../../shared/aws/pipeline/claims.ts';
import { collectorPermissions } from '../../shared/aws/pipeline/collector.ts';
import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';
import { repairTablePermissions } from '../../shared/aws/repairs/dynamodb-records.ts';
import { writeRolePermissions } from '../../shared/aws/repairs/permissions.ts';

/** What verify may do: read anew what was repaired, through both roles. */
export const permissions = [
  ...collectorPermissions,
  ...claimReadPermissions,
  ...evidenceReadPermissions,
  ...repairTablePermissions,
  ...writeRolePermissions,
  ...topicPermissions,
];
