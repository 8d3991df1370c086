import { findingListPermissions } from '../../shared/aws/findings/dynamodb-store.ts';
import { executionPermissions, startPermissions } from '../../shared/aws/pipeline/evaluations.ts';
import { outboxPermissions } from '../../shared/aws/pipeline/outbox.ts';
import { busyLanePermissions, registerPermissions } from '../../shared/aws/pipeline/scope-register.ts';
import { topicPermissions } from '../../shared/aws/pipeline/topic.ts';

/** What sweep may do. */
export const permissions = [
  ...registerPermissions,
  ...busyLanePermissions,
  ...startPermissions,
  ...executionPermissions,
  ...outboxPermissions,
  ...findingListPermissions,
  ...topicPermissions,
];
