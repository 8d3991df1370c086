import { compareFindings } from '../audit/order.ts';
import type { Finding } from '../findings/finding.ts';
import type { PlanContext, Planned } from './plan-context.ts';
import { plannableIn, planOf } from './plan-finding.ts';

/** A finding whose rule has a planner, and what the planner says. */
export interface PlanRow {
  readonly finding: Finding;
  readonly result: Planned;
}

/**
 * Every finding of the estate that has a planner, in the order of an audit, with its plan. `most`: no more than so many
 * are planned, the worst first.
 */
export function planRows(
  context: PlanContext,
  keep: (finding: Finding) => boolean,
  most = Number.POSITIVE_INFINITY,
): PlanRow[] {
  return [...plannableIn(context).plannable.values()]
    .filter(({ finding }) => keep(finding))
    .sort((a, b) => compareFindings(a.finding, b.finding))
    .slice(0, most)
    .map((plannable) => ({ finding: plannable.finding, result: planOf(plannable, context) }));
}
