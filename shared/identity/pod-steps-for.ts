import type { AccountSide } from './account-side.ts';
import type { Repair, Step } from './chain.ts';
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

/** What to do about the pods where they alone stand in the way, or null. */
export function podRepair(steps: readonly Step[]): Repair | null {
  const failed = steps.find(
    ({ check, status }) =>
      status === 'fail' && (check === 'pod-identity-webhook' || check === 'pod-credentials'),
  );
  if (failed === undefined) return null;
  const said = /To mend it: (.+)$/s.exec(failed.detail)?.[1];
  return {
    text:
      said?.replace(/^take /, 'Take ') ??
      PODS[failed.rule ?? ''] ??
      'Change the specification of the pods as the reason says, and restart them.',
  };
}

const PODS: Readonly<Record<string, string>> = {
  'use-identity-webhook': 'Make the identity webhook work again, then restart the pods.',
  'no-shadowed-credentials':
    'Take the credentials that come first out of the specification of the pods, and restart them.',
  'no-proxied-credentials':
    "Name the agent's addresses, 169.254.170.23 and [fd00:ec2::23], in NO_PROXY, and restart the pods.",
};
