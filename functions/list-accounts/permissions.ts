import { claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';
import { organizationPermissions } from '../../shared/aws/pipeline/scan-organization.ts';

/** What list-accounts may do: read the organization, and keep the lists. */
export const permissions = [...organizationPermissions, ...claimWritePermissions];
