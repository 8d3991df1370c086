import { claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { accountPartPermissions } from '../../shared/aws/pipeline/scan-collector.ts';

/** What collect-account may do: read an account without its clusters, and keep what it read. */
export const permissions = [...accountPartPermissions, ...claimWritePermissions];
