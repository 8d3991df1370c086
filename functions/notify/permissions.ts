import { claimReadPermissions } from '../../shared/aws/pipeline/claims.ts';
import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';

/** What notify may do. */
export const permissions = [...claimReadPermissions, ...topicPermissions];
