import type { Estate } from '../../estate/estate.ts';
import type { AnnotatedWithRole } from '../../identity/annotated.ts';
import type { Fault } from '../../identity/fault.ts';
import { judgeAnnotated } from './annotated-judgement.ts';

/** The annotated ServiceAccounts that a fault of a role's trust policy keeps out. */
export function keptOutBy(
  fault: Fault,
  annotated: readonly AnnotatedWithRole[],
  estate: Estate,
): AnnotatedWithRole[] {
  return annotated.filter(
    (one) => concerns(fault, one) && judgeAnnotated(one, estate).failure?.rule === fault.rule,
  );
}

/** A fault of a statement that names another ServiceAccount, or another cluster, explains nothing of this one. */
export function concerns(
  { cluster, namespace, serviceAccount }: Fault,
  annotated: AnnotatedWithRole,
): boolean {
  if (cluster !== undefined && cluster !== annotated.cluster) return false;
  if (namespace === undefined || serviceAccount === undefined) return true;
  return namespace === annotated.namespace && serviceAccount === annotated.serviceAccount;
}
