import { claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { collectorPermissions } from '../../shared/aws/pipeline/collector.ts';

/** What collect-account may do: read, and keep what it read. */
export const permissions = [...collectorPermissions, ...claimWritePermissions];
