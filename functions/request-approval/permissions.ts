import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';
import { callbackPermissions } from '../../shared/aws/repairs/callbacks.ts';
import { repairTablePermissions } from '../../shared/aws/repairs/dynamodb-records.ts';

/** What request-approval may do. */
export const permissions = [...repairTablePermissions, ...callbackPermissions, ...topicPermissions];
