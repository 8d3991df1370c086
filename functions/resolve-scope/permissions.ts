import { claimReadPermissions } from '../../shared/aws/pipeline/claims.ts';
import { relationPermissions } from '../../shared/aws/pipeline/relations.ts';

/** What resolve-scope may do. */
export const permissions = [...claimReadPermissions, ...relationPermissions];
