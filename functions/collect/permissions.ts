import { claimReadPermissions, claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { collectorPermissions } from '../../shared/aws/pipeline/collector.ts';
import { historyPermissions } from '../../shared/aws/pipeline/history.ts';

/** What collect may do: read, and keep what it read. */
export const permissions = [
  ...collectorPermissions,
  ...claimReadPermissions,
  ...claimWritePermissions,
  ...historyPermissions,
];
