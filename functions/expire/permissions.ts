import { repairTablePermissions } from '../../shared/aws/repairs/dynamodb-records.ts';

/** What expire may do: note it in the history. */
export const permissions = [...repairTablePermissions];
