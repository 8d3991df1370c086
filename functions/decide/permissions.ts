import { callbackPermissions } from '../../shared/aws/repairs/callbacks.ts';
import { repairTablePermissions } from '../../shared/aws/repairs/dynamodb-records.ts';

/** What decide may do. */
export const permissions = [...repairTablePermissions, ...callbackPermissions];
