import { claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { clusterStatusPermissions } from '../../shared/aws/pipeline/cluster-status.ts';
import { registerPermissions } from '../../shared/aws/pipeline/scope-register.ts';

/** What begin may do. */
export const permissions = [...registerPermissions, ...clusterStatusPermissions, ...claimWritePermissions];
