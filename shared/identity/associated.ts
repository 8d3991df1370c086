import type { AssociationView, Estate } from '../estate/estate.ts';
import { type AccountSide, accountSide } from './account-side.ts';
import type { Repair, Step } from './chain.ts';
import { fail, pass } from './checks.ts';
import { irsaChain } from './irsa-chain.ts';
import { podIdentityChain } from './pod-identity-chain.ts';
import { podStepsFor } from './pod-steps-for.ts';
import { annotatedRole } from './role-annotation.ts';
import type { Chain, ServiceAccountQuestion } from './service-account-chain.ts';

/** The chain of a ServiceAccount with an association. */
export function withAssociation(
  view: AssociationView,
  question: ServiceAccountQuestion,
  estate: Estate,
): Chain {
  const { steps, repair } = podIdentityChain(view, estate);
  const { association } = view;
  const { roleArn, targetRoleArn } = association;
  const role = roleArn === undefined ? null : (estate.roleByArn.get(roleArn) ?? null);
  const side = accountSide(question, 'no-ghost-association');
  const wrong = otherRole(question, roleArn, targetRoleArn, side, estate);
  const aws = wrong === null ? steps : replaceRoleStep(steps, wrong.step);
  const absent = side.kind === 'absent' ? CREATE_ACCOUNT : null;
  return {
    mechanism: 'pod-identity',
    steps: [
      ...aws,
      side.step,
      ...overruled(side, targetRoleArn ?? roleArn),
      ...podStepsFor(question, side, { mechanism: 'pod-identity', association }),
    ],
    repair: absent ?? wrong?.repair ?? repair,
    role,
    ...(targetRoleArn === undefined ? {} : { target: estate.roleByArn.get(targetRoleArn) ?? null }),
  };
}

/** What to do where the ServiceAccount is not there. */
export const CREATE_ACCOUNT: Repair = { text: 'Create the ServiceAccount, or correct the name.' };

/** What an association makes of an annotation: no step where there is none. */
function overruled(side: AccountSide, end: string | undefined): Step[] {
  if (side.kind !== 'exists') return [];
  const annotated = annotatedRole(side.annotation);
  if (annotated === null) return [];
  const same = annotated === end ? 'the same role' : annotated;
  return [
    pass(
      'role-annotation',
      `The annotation names ${same}, and has no effect: an association comes before it.`,
    ),
  ];
}

/** The step and repair when the association leads to another role than the one asked for. */
function otherRole(
  { role, ...question }: ServiceAccountQuestion,
  roleArn: string | undefined,
  targetRoleArn: string | undefined,
  side: AccountSide,
  estate: Estate,
): { step: Step; repair: Repair } | null {
  const end = targetRoleArn ?? roleArn;
  if (role === undefined || end === undefined || role === end) return null;
  const asked = estate.roleByArn.get(role);
  const annotated = side.kind === 'exists' && annotatedRole(side.annotation) === role;
  const admitted =
    asked !== undefined &&
    irsaChain({ ...question, role: asked }, estate).steps.every(({ status }) => status !== 'fail');
  const also = annotated
    ? ' The ServiceAccount is annotated with it, but an association comes before an annotation.'
    : admitted
      ? ` The trust policy of ${role} admits the ServiceAccount by web identity, but an association comes before an annotation.`
      : '';
  const first = role === roleArn ? ` through ${roleArn}` : '';
  return {
    step: fail(
      'association-role',
      `The association gives the pods ${end}${first}, not ${role}.${also}`,
      annotated || (admitted && side.kind !== 'exists') ? 'no-double-binding' : null,
    ),
    repair: { text: `Point the association at ${role}, or delete it where the annotation should count.` },
  };
}

function replaceRoleStep(steps: readonly Step[], step: Step): Step[] {
  return steps.map((one) => (one.check === step.check && one.status !== 'fail' ? step : one));
}
