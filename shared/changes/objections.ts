import type { Plan } from './plan.ts';

/** A plan with what somebody else says against it as blockers; without an objection it is as it was made. */
export function withObjections(plan: Plan, objections: readonly string[]): Plan {
  return objections.length === 0 ? plan : { ...plan, blockers: [...plan.blockers, ...objections] };
}
