import { claimReadPermissions, claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';

/** What join may do: read what collection left, and keep the list. */
export const permissions = [...claimReadPermissions, ...claimWritePermissions];
