import { evidenceWritePermissions } from '../../shared/aws/evidence/dynamodb-evidence.ts';
import { startPermissions } from '../../shared/aws/pipeline/evaluations.ts';
import { registerPermissions } from '../../shared/aws/pipeline/scope-register.ts';

/** What observe-sessions may do. */
export const permissions = [...evidenceWritePermissions, ...registerPermissions, ...startPermissions];
