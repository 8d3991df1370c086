import type { Plan, Snippet } from '../../changes/plan.ts';
import type { PlanContext } from '../plan-context.ts';
import { cloudformationFor } from './cloudformation.ts';
import { eksctlFor } from './eksctl.ts';
import { kubectlFor } from './kubectl.ts';
import { revokeSessions } from './revoke-sessions.ts';
import { terraformFor } from './terraform.ts';

type Unfinished = Omit<Plan, 'risk' | 'snippets'>;

/** The plan in the language of whoever manages its targets, and the statement that ends sessions of a tightened role. */
export function snippetsFor(plan: Unfinished, { now }: PlanContext): Snippet[] {
  const owners = new Set(plan.ownership.map(({ owner }) => owner));
  return [
    ...(owners.has('terraform') ? plan.changes.flatMap(terraformFor) : []),
    ...(owners.has('cloudformation') || owners.has('eksctl') ? plan.changes.flatMap(cloudformationFor) : []),
    ...(owners.has('eksctl') ? plan.changes.flatMap(eksctlFor) : []),
    ...plan.changes.flatMap(kubectlFor),
    ...(plan.proof.removes ? plan.changes.flatMap((change) => revokeSessions(change, now)) : []),
  ];
}
