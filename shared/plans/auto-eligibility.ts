import { canonicalJson, isGuided, isIrreversible } from '../changes/change.ts';
import type { Plan } from '../changes/plan.ts';
import type { PlanContext } from './plan-context.ts';
import { planFinding } from './plan-finding.ts';
import { DAYS } from './trust/rehearse.ts';

export type Eligibility =
  | { readonly eligible: true }
  | { readonly eligible: false; readonly reasons: readonly string[] };

/**
 * Whether a plan may run without a person. What it says of itself is not enough: it must also be the plan that comes out
 * of the estate and the configuration of now, so that a stored plan that somebody changed is never run.
 */
export function autoEligibility(plan: Plan, context: PlanContext): Eligibility {
  const reasons = [...ownReasons(plan, context.now), ...staleReasons(plan, context)];
  return reasons.length === 0 ? { eligible: true } : { eligible: false, reasons };
}

function ownReasons(plan: Plan, now: string): string[] {
  const { proof, intent, changes } = plan;
  return [
    ...plan.blockers,
    ...plan.approval,
    ...(changes.some(isIrreversible) ? ['One of its changes cannot be undone.'] : []),
    ...(changes.some(isGuided)
      ? ['It sets an annotation of a ServiceAccount: somebody has to ask for it.']
      : []),
    ...(proof.adds && intent.source !== 'configuration'
      ? ['It lets somebody in whom the configuration does not declare by the ARN of the cluster.']
      : []),
    ...plan.wakes.map((words) => `It wakes what nobody asked for: ${words}`),
    ...proof.unknowns.map((words) => `Not known: ${words}`),
    ...proof.shown
      .filter(({ holds }) => holds !== 'yes')
      .map(
        ({ claim, target, holds }) =>
          `${claim} of ${target} ${holds === 'no' ? 'does not hold' : 'is not decided'}.`,
      ),
    ...(proof.shown.some(({ claim }) => claim === 'account-wide')
      ? []
      : ['It shows nothing of the account as a whole.']),
    ...(proof.removes ? rehearsalReasons(plan, now) : []),
  ];
}

/** Whoever loses access must be known not to use it: every session of the last 90 days, from a source without gaps. */
function rehearsalReasons({ proof: { rehearsal } }: Plan, now: string): string[] {
  if (rehearsal.source === 'none')
    return ['It takes access away, and no session was observed that tells who uses it.'];
  const horizon = Date.parse(now) - DAYS * 86_400_000;
  const late = rehearsal.since === undefined || Date.parse(rehearsal.since) > horizon;
  return [
    ...(rehearsal.complete ? [] : ['It takes access away, and the observed sessions are not complete.']),
    ...(late ? [`It takes access away, and sessions are known for less than ${DAYS} days.`] : []),
    ...rehearsal.broken.map((words) => `It breaks ${words}.`),
  ];
}

function staleReasons(plan: Plan, context: PlanContext): string[] {
  const [answer] = plan.answers;
  if (answer === undefined) return ['It answers no finding.'];
  const again = planFinding(answer.fingerprint, context);
  if (again.kind !== 'plan') return ['The finding that it answers has no such plan now.'];
  return timeless(again.plan) === timeless(plan)
    ? []
    : ['It is not the plan that comes out of what is known now.'];
}

/** A plan without what depends on when it was made. */
function timeless({ madeAt: _, snippets: __, ...plan }: Plan): string {
  return canonicalJson(plan);
}
