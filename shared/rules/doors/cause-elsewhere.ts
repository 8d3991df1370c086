import type { Estate, RoleView } from '../../estate/estate.ts';
import type { AnnotatedWithRole } from '../../identity/annotated.ts';
import { faultsUnder } from '../diagnosed.ts';
import { concerns } from './kept-out.ts';
import { namedMappings } from './named-mapping.ts';
import { webDoors } from './web-door.ts';

/** Rules that judge providers and roles for the annotated ServiceAccounts themselves. */
const OWN = new Set(['use-iam-oidc-provider', 'use-sts-audience', 'no-missing-annotated-role']);

/** True when another rule names the root cause of why a ServiceAccount does not get its role: one cause, one finding. */
export function causeElsewhere(annotated: AnnotatedWithRole, rule: string | null, estate: Estate): boolean {
  if (rule === null) return false;
  if (OWN.has(rule)) return true;
  const role = estate.roleByArn.get(annotated.annotation.arn);
  if (role === undefined) return false;
  if (rule === 'use-pod-identity-association') return isUnfinished(annotated, role, estate);
  return faultsUnder(rule, role, estate).some((fault) => concerns(fault, annotated));
}

/** A role for Pod Identity that names the ServiceAccount: use-pod-identity-association says what is missing. */
function isUnfinished(
  { namespace, serviceAccount }: AnnotatedWithRole,
  role: RoleView,
  estate: Estate,
): boolean {
  return (
    webDoors(role, estate).length === 0 &&
    namedMappings(role).some((one) => one.namespace === namespace && one.serviceAccount === serviceAccount)
  );
}
