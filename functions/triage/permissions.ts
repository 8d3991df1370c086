import { evaluationPermissions } from '../../shared/aws/pipeline/evaluations.ts';

/** What triage may do. */
export const permissions = evaluationPermissions;
