import type { Estate, RoleView } from '../estate/estate.ts';
import { diagnoseTrust } from './diagnose.ts';
import type { TrustAnswer } from './trust-steps.ts';

/** Whether the statement that comes nearest admits nobody: the diagnosis of the policy knows. */
export function isHopeless(answer: TrustAnswer | null, role: RoleView, estate: Estate): boolean {
  if (answer?.outcome !== 'denied') return false;
  return diagnoseTrust(role, estate).faults.some(
    ({ rule, statement }) =>
      rule === 'no-unsatisfiable-trust' && statement === answer.nearest?.statement.index,
  );
}
