/** The whole chain of one ServiceAccount: which mechanism its pods would use, every step of it, the first reason and the repair. */
import type { AssociationView, ClusterView, Estate, RoleView } from '../estate/estate.ts';
import { type AccountSide, accountSide, annotateCommand, annotationStep } from './account-side.ts';
import { type Candidate, roleCandidates } from './candidates.ts';
import type { Repair, Step } from './chain.ts';
import { fail, pass, unknown, unread } from './checks.ts';
import { clusterSteps } from './cluster-steps.ts';
import { irsaChain } from './irsa-chain.ts';
import { noIdentity } from './no-identity.ts';
import { ownRoleOfAll } from './own-web-identity.ts';
import { podIdentityChain } from './pod-identity-chain.ts';
import { podStepsFor, podsLeftOut } from './pod-steps-for.ts';
import { annotatedRole } from './role-annotation.ts';
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
  if (association !== null) return withAssociation(association, question, estate);
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

function withAssociation(view: AssociationView, question: ServiceAccountQuestion, estate: Estate): Chain {
  const { steps, repair } = podIdentityChain(view, estate);
  const { association } = view;
  const { roleArn, targetRoleArn } = association;
  const role = roleArn === undefined ? null : (estate.roleByArn.get(roleArn) ?? null);
  const side = accountSide(question, 'no-ghost-association');
  const wrong = otherRole(question, roleArn, targetRoleArn, side, estate);
  const aws = wrong === null ? steps : replaceRoleStep(steps, wrong.step);
  const absent = side.kind === 'absent' ? CREATE : null;
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

const CREATE: Repair = { text: 'Create the ServiceAccount, or correct the name.' };

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
      annotated(question, side, arn),
      step,
      ...irsaPods(question, side, arn),
    ],
    repair:
      accountRepair(question, side, arn) ??
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
      annotated(question, side, arn),
      ...more,
      ...rest,
      ...irsaPods(question, side, arn),
    ],
    repair: joined(accountRepair(question, side, arn), repair),
    role,
  };
}

/** An annotation that is missing is no fault while an association may be there. */
function annotated(question: ServiceAccountQuestion, side: AccountSide, arn: string): Step {
  const step = annotationStep(side, arn);
  if (step.status !== 'fail' || question.cluster.missing('podIdentityAssociations') === null) return step;
  return unknown(
    'role-annotation',
    `${step.detail} An association, which was not read, would come before it.`,
  );
}

function irsaPods(question: ServiceAccountQuestion, side: AccountSide, roleArn: string): Step[] {
  const audience = side.kind === 'exists' ? side.audience : STS_AUDIENCE;
  if (side.kind === 'exists' && annotationStep(side, roleArn).status === 'fail')
    return podsLeftOut('The annotation does not ask for the role.');
  return podStepsFor(question, side, { mechanism: 'irsa', roleArn, audience });
}

/** What to do about the ServiceAccount itself, before anything else: null where it is right, or not known. */
function accountRepair(question: ServiceAccountQuestion, side: AccountSide, arn: string): Repair | null {
  if (side.kind === 'absent') return CREATE;
  if (side.kind === 'unknown' || annotated(question, side, arn).status !== 'fail') return null;
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

/** A step where more than one role is possible, and they differ in whether they work: the annotation decides. */
function choiceSteps(candidates: readonly Candidate[]): Step[] {
  const [best, ...others] = candidates;
  if (best === undefined || others.length === 0) return [];
  const names = others
    .slice(0, 3)
    .map(({ role, works }) => `${role.role.arn} (${works ? 'works too' : 'does not'})`)
    .join(', ');
  const detail = `Which role the pods ask for is decided by the annotation; besides ${best.role.role.arn} there ${others.length === 1 ? 'is' : 'are'} ${names}.`;
  const rival =
    best.works && best.by === 'pattern' && others.some(({ by, works }) => by !== 'pattern' && !works);
  return [rival ? unknown('role-choice', detail) : pass('role-choice', detail)];
}
