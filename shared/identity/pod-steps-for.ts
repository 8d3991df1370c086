import type { AccountSide } from './account-side.ts';
import type { Step } from './chain.ts';
import { leftOut } from './checks.ts';
import { type PodIdentity, podSteps } from './pod-steps.ts';
import type { ServiceAccountQuestion } from './service-account-chain.ts';

/** The steps of the pods, left out where there is no ServiceAccount that they could run as. */
export function podStepsFor(
  { cluster, namespace, serviceAccount }: ServiceAccountQuestion,
  side: AccountSide,
  identity: PodIdentity,
): Step[] {
  if (side.kind === 'absent') return podsLeftOut('There is no ServiceAccount that pods could run as.');
  return podSteps({ cluster, namespace, serviceAccount, identity });
}

/** The same, for a reason of its own. */
export function podsLeftOut(reason: string): Step[] {
  return [leftOut('pod-identity-webhook', reason), leftOut('pod-credentials', reason)];
}
