import { createHash } from 'node:crypto';
import type { Plan } from '../../shared/changes/plan.ts';
import { type Config, configSchema } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { PlanContext } from '../../shared/plans/plan-context.ts';
import { plannableIn, planOf } from '../../shared/plans/plan-finding.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What planning needs for a snapshot. */
export function contextOf(
  snapshot: Snapshot,
  bindings?: Config['bindings'],
  more: Partial<PlanContext> = {},
): PlanContext {
  const config = configSchema.parse(bindings === undefined ? {} : { bindings });
  return { estate: buildEstate(snapshot), config, hash: sha256, now: snapshot.takenAt, ...more };
}

/** What the planner of the only finding of a rule answers. */
export function answerOf(rule: string, context: PlanContext) {
  const own = [...plannableIn(context).plannable.values()].filter(({ finding }) => finding.rule === rule);
  const [only] = own;
  if (only === undefined || own.length > 1) throw new Error(`${own.length} findings of ${rule}`);
  return planOf(only, context);
}

/** The plan for the only finding of a rule; fails where the planner declines. */
export function onlyPlan(rule: string, context: PlanContext): Plan {
  const answer = answerOf(rule, context);
  if (answer.kind !== 'plan') throw new Error(`declined: ${answer.reasons.join(' ')}`);
  return answer.plan;
}
