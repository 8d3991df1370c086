import { findingWritePermissions } from '../../shared/aws/findings/dynamodb-store.ts';
import { claimReadPermissions } from '../../shared/aws/pipeline/claims.ts';

/** What evaluate may do: it has no access to any account, only to what collect kept and what was found before. */
export const permissions = [...claimReadPermissions, ...findingWritePermissions];
