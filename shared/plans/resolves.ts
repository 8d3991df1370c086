import { findingOf } from '../audit/audit.ts';
import type { Plan } from '../changes/plan.ts';
import { buildRole } from '../estate/role-view.ts';
import type { Failure } from '../rules/define-rule.ts';
import { focusedScope } from '../rules/scope.ts';
import type { PlanContext } from './plan-context.ts';

/**
 * Whether the changed trust policies no longer show a finding of a rule about trust policies. Only their roles are judged
 * anew, in the estate as it is: what else the rule looks at is not changed by them.
 */
export function resolves(failure: Failure, plan: Plan, { estate, config, hash }: PlanContext): boolean {
  const { fingerprint } = findingOf(failure, hash);
  return plan.changes.every((change) => {
    if (change.kind !== 'trust-policy' || change.after === null) return true;
    const old = estate.roleByArn.get(change.target.arn);
    if (old === undefined) return true;
    const role = buildRole({ ...old.role, trustPolicy: change.after }, old.account, () => undefined);
    const { failures } = failure.rule.judge(focusedScope(estate, config, { role }));
    return failures.every((one) => findingOf(one, hash).fingerprint !== fingerprint);
  });
}
