import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';
import { repairTablePermissions } from '../../shared/aws/repairs/dynamodb-records.ts';

/** What stop may do: say that it did not go on. */
export const permissions = [...repairTablePermissions, ...topicPermissions];
