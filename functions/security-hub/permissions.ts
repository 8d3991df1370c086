import { owedNotePermissions } from '../../shared/aws/pipeline/owed-table.ts';
import { securityHubPermissions } from '../../shared/aws/pipeline/security-hub.ts';

/** What security-hub may do; reading the stream is granted with its event source. */
export const permissions = [...securityHubPermissions, ...owedNotePermissions];
