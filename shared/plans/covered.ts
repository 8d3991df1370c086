import { canonicalJson } from '../changes/change.ts';
import { modeOf } from '../changes/guards/mode.ts';
import type { Plan } from '../changes/plan.ts';
import type { Finding } from '../findings/finding.ts';
import type { PlanContext } from './plan-context.ts';

/** A finding and the plan for it. */
export interface PlannedFinding {
  readonly finding: Finding;
  readonly plan: Plan;
}

/**
 * The finding whose plan gives a declared binding back as well, so that one mistake asks for one approval: it lets in the
 * same by the same will, needs a person for the same reasons, takes no more away, and may be made in the same mode.
 */
export function coveredBy(
  { finding, plan }: PlannedFinding,
  others: Iterable<PlannedFinding>,
  context: PlanContext,
): Finding | null {
  for (const other of others)
    if (isAsGood(other.plan, plan) && modeFor(other.finding, context) === modeFor(finding, context))
      return other.finding;
  return null;
}

function isAsGood(other: Plan, own: Plan): boolean {
  if (canonicalJson(other.changes) !== canonicalJson(own.changes) && !givesTheSame(other, own)) return false;
  const within = (one: readonly string[], more: readonly string[]) =>
    one.every((each) => more.includes(each));
  return (
    other.intent.source === own.intent.source &&
    (own.proof.removes || !other.proof.removes) &&
    within(other.blockers, own.blockers) &&
    within(other.approval, own.approval) &&
    within(own.approval, other.approval) &&
    within(other.wakes, own.wakes) &&
    within(other.proof.unknowns, own.proof.unknowns)
  );
}

/** The same identities, or, where the configuration declares them all, these and more. */
function givesTheSame({ proof: other, intent }: Plan, { proof: own }: Plan): boolean {
  const more = intent.source === 'configuration' || other.intended.length === own.intended.length;
  return own.intended.length > 0 && more && own.intended.every((words) => other.intended.includes(words));
}

function modeFor({ rule, account, region, cluster, role }: Finding, { config, estate }: PlanContext) {
  const clusters = region === undefined || cluster === undefined ? null : [{ account, region, cluster }];
  const tags = estate.roleByArn.get(role ?? '')?.role.tags ?? {};
  return modeOf(config.fixes, { rule, account, clusters, roleTags: { known: true, value: tags } });
}
