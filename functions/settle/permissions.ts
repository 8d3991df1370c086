import { startPermissions } from '../../shared/aws/pipeline/evaluations.ts';
import { registerPermissions } from '../../shared/aws/pipeline/scope-register.ts';

/** What settle may do. */
export const permissions = [...registerPermissions, ...startPermissions];
