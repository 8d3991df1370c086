import type { Plan } from '../../changes/plan.ts';
import { headingOf, linesOf } from '../../plans/describe/lines.ts';
import { sectionsOf } from '../../plans/describe/sections.ts';
import type { PlanList } from '../../plans/plan-list.ts';
import type { ReportPlan } from './data.ts';

interface FindingPlans {
  readonly plans: readonly ReportPlan[];
  /** Index into the plans by fingerprint. */
  readonly planOf: ReadonlyMap<string, number>;
  /** Why there is none, by fingerprint. */
  readonly declinedOf: ReadonlyMap<string, readonly string[]>;
}

/** The plans in the parts in which they are printed, and which finding has which. */
export function findingPlans(list: PlanList | undefined): FindingPlans {
  const made = list?.plans ?? [];
  return {
    plans: made.map(({ digest, plan }) => shownPlan(plan, digest)),
    planOf: new Map(
      made.flatMap(({ plan }, index) => plan.answers.map(({ fingerprint }) => [fingerprint, index] as const)),
    ),
    declinedOf: new Map((list?.declined ?? []).map(({ fingerprint, reasons }) => [fingerprint, reasons])),
  };
}

function shownPlan(plan: Plan, digest: string): ReportPlan {
  return {
    digest,
    title: plan.title,
    risk: plan.risk.level,
    changes: plan.changes.map((change) => ({ ...headingOf(change), lines: linesOf(change) })),
    sections: sectionsOf(plan),
    snippets: plan.snippets.map(({ title, target, text }) => ({ title: `${title}: ${target}`, text })),
  };
}
