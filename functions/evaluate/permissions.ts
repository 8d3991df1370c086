import { claimReadPermissions, claimWritePermissions } from '../../shared/aws/pipeline/claims.ts';

/** What evaluate may do: it has no access to any account, only to what collect kept. */
export const permissions = [...claimReadPermissions, ...claimWritePermissions];
