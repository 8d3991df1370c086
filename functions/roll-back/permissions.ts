import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';
import { repairTablePermissions } from '../../shared/aws/repairs/dynamodb-records.ts';
import { writeRolePermissions } from '../../shared/aws/repairs/permissions.ts';

/** What roll-back may do. */
export const permissions = [...repairTablePermissions, ...writeRolePermissions, ...topicPermissions];
