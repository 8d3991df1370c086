/** The whole chain of one ServiceAccount: which mechanism its pods would use, every step of it, the first reason and the repair. */
import type { AssociationView, ClusterView, Estate, RoleView } from '../estate/estate.ts';
import { type AccountSide, accountSide, annotateCommand, annotationStep } from './account-side.ts';
import { CREATE_ACCOUNT, withAssociation } from './associated.ts';
import { roleCandidates } from './candidates.ts';
import type { Repair, Step } from './chain.ts';
import { fail, leftOut, pass, unknown, unread } from './checks.ts';
import { clusterSteps } from './cluster-steps.ts';
import { irsaChain } from './irsa-chain.ts';
import { noIdentity } from './no-identity.ts';
import { ownRoleOfAll } from './own-web-identity.ts';
import { podRepair, podStepsFor, podsLeftOut } from './pod-steps-for.ts';
import { annotatedRole } from './role-annotation.ts';
import { choiceSteps } from './role-choice.ts';
import { roleStanding } from './role-standing.ts';
import { STS_AUDIENCE } from './service-account.ts';
import { isForPodIdentityAlone, unassociated } from './unassociated.ts';

export interface ServiceAccountQuestion {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** ARN of the role that its pods should end up with; absent: whichever they get. */
  readonly role?: string;
}

export interface Chain {
  readonly mechanism: 'irsa' | 'pod-identity' | 'none';
  readonly steps: readonly Step[];
  readonly repair: Repair | null;
  /** The role at the chain's first hop, where one was found. */
  readonly role: RoleView | null;
  /** The role at its second hop: null where it was not read, absent where there is none. */
  readonly target?: RoleView | null;
}

/**
 * Follows a ServiceAccount to its credentials. An association wins over an annotation (amazon-eks-pod-identity-webhook);
 * without one, the annotation decides, and, where Kubernetes was not read, what the trust policies say.
 */
export function serviceAccountChain(question: ServiceAccountQuestion, estate: Estate): Chain {
  const association = associationOf(question);
  if (association !== null) return withPodRepair(withAssociation(association, question, estate));
  return withPodRepair(unassociatedChain(question, estate));
}

function withPodRepair(chain: Chain): Chain {
  return chain.repair === null ? { ...chain, repair: podRepair(chain.steps) } : chain;
}

function unassociatedChain(question: ServiceAccountQuestion, estate: Estate): Chain {
  const side = accountSide(question);
  if (side.kind === 'exists') return byAnnotation(question, side, estate);
  if (question.role !== undefined) return withRole(question, question.role, side, estate);
  return withoutRole(question, side, estate);
}

function associationOf({
  cluster,
  namespace,
  serviceAccount,
}: ServiceAccountQuestion): AssociationView | null {
  const association = cluster.cluster.podIdentityAssociations?.find(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  return association === undefined ? null : { association, cluster };
}

/** Whether no association takes the ServiceAccount from its annotation. */
function noAssociationStep({ cluster, namespace, serviceAccount }: ServiceAccountQuestion): Step {
  const missing = cluster.missing('podIdentityAssociations');
  if (missing !== null) {
    return unknown('association', `${unread(missing)} An association would come before the annotation.`);
  }
  return pass('association', `No association for ${namespace}/${serviceAccount} comes before an annotation.`);
}

/** A ServiceAccount that exists: its annotation names the role, else its pods do so themselves, else the question. */
function byAnnotation(
  question: ServiceAccountQuestion,
  side: Extract<AccountSide, { kind: 'exists' }>,
  estate: Estate,
): Chain {
  const { cluster, namespace, serviceAccount } = question;
  const own = side.annotation.kind === 'none' ? ownRoleOfAll(cluster, namespace, serviceAccount) : null;
  if (own !== null && (question.role ?? own.roleArn) === own.roleArn) {
    return withOwnIdentity(question, { ...side, audience: own.audience }, own.roleArn, estate);
  }
  const arn = question.role ?? annotatedRole(side.annotation);
  return arn === null ? noIdentity(question, side, estate) : withRole(question, arn, side, estate);
}

/** Pods that set variables and token themselves: the annotation and the webhook have no part in it. */
function withOwnIdentity(
  question: ServiceAccountQuestion,
  side: Extract<AccountSide, { kind: 'exists' }>,
  arn: string,
  estate: Estate,
): Chain {
  const chain = withRole(question, arn, side, estate);
  const steps = chain.steps.flatMap((step) => {
    if (step.check === 'pod-identity-webhook' || step.check === 'pod-credentials') return [];
    if (step.check !== 'role-annotation') return [step];
    return [
      pass(
        'role-annotation',
        `No annotation is needed: the pods set AWS_ROLE_ARN to ${arn} and mount a token for ${side.audience} themselves.`,
      ),
    ];
  });
  return { ...chain, steps: [...steps, ...podsLeftOut('The pods do without the webhook.')] };
}

function withRole(question: ServiceAccountQuestion, arn: string, side: AccountSide, estate: Estate): Chain {
  const standing = roleStanding(arn, estate);
  if (standing.kind === 'exists') {
    return isForPodIdentityAlone(standing.role)
      ? unassociated(question, standing.role, side)
      : irsa(question, standing.role, side, [], estate);
  }
  const step =
    standing.kind === 'absent'
      ? fail('role', `${arn} does not exist.${standing.near}`, 'no-missing-annotated-role')
      : unknown('role', unread(standing.missing));
  return {
    mechanism: 'irsa',
    steps: [
      ...clusterSteps(question.cluster),
      noAssociationStep(question),
      side.step,
      annotated(question, side, arn, estate),
      step,
      ...irsaPods(question, side, arn),
    ],
    repair:
      accountRepair(question, side, arn, estate) ??
      (step.status === 'fail' ? { text: `Create ${arn}, or correct the ARN.` } : null),
    role: null,
  };
}

function irsa(
  question: ServiceAccountQuestion,
  role: RoleView,
  side: AccountSide,
  more: readonly Step[],
  estate: Estate,
): Chain {
  const { arn } = role.role;
  const audience = side.kind === 'exists' ? { audience: side.audience } : {};
  const { steps, repair } = irsaChain({ ...question, role, ...audience }, estate);
  const [active, issuer, ...rest] = steps;
  const first = [active, issuer].filter((step) => step !== undefined);
  return {
    mechanism: 'irsa',
    steps: [
      ...first,
      noAssociationStep(question),
      side.step,
      annotated(question, side, arn, estate),
      ...more,
      ...(side.kind === 'absent' ? rest.map(withoutAudience) : rest),
      ...irsaPods(question, side, arn),
    ],
    repair: joined(accountRepair(question, side, arn, estate), repair),
    role,
  };
}

/** Which audience it would ask for is no question where there is no ServiceAccount. */
function withoutAudience(step: Step): Step {
  const open = step.check === 'trust-audience' && step.status === 'unknown';
  return open ? leftOut('trust-audience', 'There is no ServiceAccount that asks for an audience.') : step;
}

/** An annotation that is missing is no fault while an association may be there. */
function annotated(question: ServiceAccountQuestion, side: AccountSide, arn: string, estate: Estate): Step {
  const step = namingTheAbsent(annotationStep(side, arn), side, estate);
  if (step.status !== 'fail' || question.cluster.missing('podIdentityAssociations') === null) return step;
  return unknown(
    'role-annotation',
    `${step.detail} An association, which was not read, would come before it.`,
  );
}

/** An annotation with a role that does not exist (without its path, in other letters) has a rule that says so. */
function namingTheAbsent(step: Step, side: AccountSide, estate: Estate): Step {
  if (step.status !== 'fail' || side.kind !== 'exists' || side.annotation.kind !== 'role') return step;
  const standing = roleStanding(side.annotation.arn, estate);
  return standing.kind === 'absent'
    ? fail(
        'role-annotation',
        `${step.detail} That role does not exist.${standing.near}`,
        'no-missing-annotated-role',
      )
    : step;
}

function irsaPods(question: ServiceAccountQuestion, side: AccountSide, roleArn: string): Step[] {
  const audience = side.kind === 'exists' ? side.audience : STS_AUDIENCE;
  if (side.kind === 'exists' && annotationStep(side, roleArn).status === 'fail')
    return podsLeftOut('The annotation does not ask for the role.');
  return podStepsFor(question, side, { mechanism: 'irsa', roleArn, audience });
}

/** What to do about the ServiceAccount itself, before anything else: null where it is right, or not known. */
function accountRepair(
  question: ServiceAccountQuestion,
  side: AccountSide,
  arn: string,
  estate: Estate,
): Repair | null {
  if (side.kind === 'absent') return CREATE_ACCOUNT;
  if (side.kind === 'unknown' || annotated(question, side, arn, estate).status !== 'fail') return null;
  return {
    text: `Annotate the ServiceAccount, and restart its pods: ${annotateCommand(question, arn)}`,
  };
}

/** Both repairs, the ServiceAccount's first. */
function joined(first: Repair | null, second: Repair | null): Repair | null {
  if (first === null || second === null) return first ?? second;
  return { ...second, text: `${first.text} Then: ${second.text}` };
}

function withoutRole(question: ServiceAccountQuestion, side: AccountSide, estate: Estate): Chain {
  const { cluster, namespace, serviceAccount } = question;
  const candidates = roleCandidates(cluster, namespace, serviceAccount, estate);
  const [best] = candidates;
  if (best === undefined || side.kind === 'absent') return noIdentity(question, side, estate);
  return irsa(question, best.role, side, choiceSteps(candidates), estate);
}
