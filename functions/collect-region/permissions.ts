import { claimReadPermissions, claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { collectorPermissions } from '../../shared/aws/pipeline/collector.ts';

/** What collect-region may do: read, and keep what it read. */
export const permissions = [...collectorPermissions, ...claimReadPermissions, ...claimWritePermissions];
