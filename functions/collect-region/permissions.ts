import { claimReadPermissions, claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { regionPartPermissions } from '../../shared/aws/pipeline/scan-collector.ts';

/** What collect-region may do: read the clusters of a region, and keep what it read. */
export const permissions = [...regionPartPermissions, ...claimReadPermissions, ...claimWritePermissions];
