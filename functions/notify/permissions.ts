import { outboxPermissions } from '../../shared/aws/pipeline/outbox.ts';
import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';

/** What notify may do; reading the stream is granted with its event source. */
export const permissions = [...outboxPermissions, ...topicPermissions];
