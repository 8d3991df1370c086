import { findingListPermissions } from '../../shared/aws/findings/dynamodb-store.ts';
import { claimReadPermissions, claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';

/** What report may do: list findings, keep the report, and publish its summary. */
export const permissions = [
  ...claimReadPermissions,
  ...claimWritePermissions,
  ...findingListPermissions,
  ...topicPermissions,
];
