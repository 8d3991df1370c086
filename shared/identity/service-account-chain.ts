/** The whole chain of one ServiceAccount: which mechanism its pods would use, every step of it, the first reason and the repair. */
import type { AssociationView, ClusterView, Estate, RoleView } from '../estate/estate.ts';
import { podIdentityRequests } from '../iam/requests.ts';
import { type Candidate, roleCandidates } from './candidates.ts';
import type { Repair, Step } from './chain.ts';
import { fail, pass, unknown, unread } from './checks.ts';
import { clusterSteps, kubernetesIrsaSteps, kubernetesPodIdentitySteps } from './cluster-steps.ts';
import { irsaChain } from './irsa-chain.ts';
import { subjectNearMiss } from './near-subject.ts';
import { podIdentityChain, podIdentityStatement, podIdentityTrust } from './pod-identity-chain.ts';
import { roleStanding } from './role-standing.ts';
import { POD_IDENTITY_SERVICE, subjectOf } from './service-account.ts';
import { allowsOf } from './statements.ts';

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

/** Follows a ServiceAccount to its credentials. An association wins over an annotation (amazon-eks-pod-identity-webhook). */
export function serviceAccountChain(question: ServiceAccountQuestion, estate: Estate): Chain {
  const association = associationOf(question);
  if (association !== null) return withAssociation(association, question, estate);
  if (question.role !== undefined) return withRole(question, question.role, estate);
  return withoutRole(question, estate);
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
  const { roleArn, targetRoleArn } = view.association;
  const role = roleArn === undefined ? null : (estate.roleByArn.get(roleArn) ?? null);
  const wrong = otherRole(question, roleArn, targetRoleArn, estate);
  return {
    mechanism: 'pod-identity',
    steps: [
      ...(wrong === null ? steps : replaceRoleStep(steps, wrong.step)),
      ...kubernetesPodIdentitySteps(),
    ],
    repair: wrong?.repair ?? repair,
    role,
    ...(targetRoleArn === undefined ? {} : { target: estate.roleByArn.get(targetRoleArn) ?? null }),
  };
}

/** The step and repair when the association leads to another role than the one asked for. */
function otherRole(
  { role, ...question }: ServiceAccountQuestion,
  roleArn: string | undefined,
  targetRoleArn: string | undefined,
  estate: Estate,
): { step: Step; repair: Repair } | null {
  const end = targetRoleArn ?? roleArn;
  if (role === undefined || end === undefined || role === end) return null;
  const asked = estate.roleByArn.get(role);
  const admitted =
    asked !== undefined &&
    irsaChain({ ...question, role: asked }, estate).steps.every(({ status }) => status !== 'fail');
  const also = admitted
    ? ` The trust policy of ${role} admits the ServiceAccount by web identity, but an association comes before an annotation.`
    : '';
  const first = role === roleArn ? ` through ${roleArn}` : '';
  return {
    step: fail(
      'association-role',
      `The association gives the pods ${end}${first}, not ${role}.${also}`,
      admitted ? 'no-double-binding' : null,
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

function withRole(question: ServiceAccountQuestion, arn: string, estate: Estate): Chain {
  const standing = roleStanding(arn, estate);
  const before = [...clusterSteps(question.cluster), noAssociationStep(question)];
  if (standing.kind !== 'exists') {
    const step =
      standing.kind === 'absent'
        ? fail('role', `${arn} does not exist.${standing.near}`, 'no-missing-annotated-role')
        : unknown('role', unread(standing.missing));
    return {
      mechanism: 'irsa',
      steps: [...before, step, ...kubernetesIrsaSteps(arn)],
      repair: step.status === 'fail' ? { text: `Create ${arn}, or correct the ARN.` } : null,
      role: null,
    };
  }
  return isForPodIdentityAlone(standing.role)
    ? unassociated(question, standing.role)
    : irsa(question, standing.role, [], estate);
}

function irsa(
  question: ServiceAccountQuestion,
  role: RoleView,
  more: readonly Step[],
  estate: Estate,
): Chain {
  const { steps, repair } = irsaChain({ ...question, role }, estate);
  const [active, issuer, ...rest] = steps;
  const first = [active, issuer].filter((step) => step !== undefined);
  return {
    mechanism: 'irsa',
    steps: [...first, noAssociationStep(question), ...more, ...rest, ...kubernetesIrsaSteps(role.role.arn)],
    repair,
    role,
  };
}

/** True for roles that only Pod Identity may take on. */
function isForPodIdentityAlone(role: RoleView): boolean {
  const { compiled } = role.trust();
  const service = { kind: 'service', service: POD_IDENTITY_SERVICE } as const;
  const allows = compiled === null ? [] : allowsOf(compiled);
  const named = allows.some(({ statement }) =>
    statement.principal?.entries.some(
      ({ kind, value }) => kind === 'Service' && value.toLowerCase() === service.service,
    ),
  );
  const federated = allows.some(({ statement }) =>
    statement.principal?.entries.some(({ kind }) => kind === 'Federated'),
  );
  return named && !federated;
}

/** A role made for Pod Identity, and no association that gives it to the ServiceAccount. */
function unassociated(question: ServiceAccountQuestion, role: RoleView): Chain {
  const { cluster, namespace, serviceAccount } = question;
  const missing = cluster.missing('podIdentityAssociations');
  const near = nearAssociation(question);
  const step =
    missing === null
      ? fail(
          'association',
          `No association gives ${namespace}/${serviceAccount} of cluster ${cluster.cluster.name} the role.${near}`,
          'use-pod-identity-association',
        )
      : unknown('association', unread(missing));
  const i = {
    clusterArn: cluster.cluster.arn,
    account: cluster.account.id,
    namespace,
    serviceAccount,
    tags: true,
  };
  const trust = podIdentityTrust(
    role,
    podIdentityRequests({ ...i, roleArn: role.role.arn }),
    podIdentityStatement(i),
  );
  const create = `Create the association: aws eks create-pod-identity-association --cluster-name ${cluster.cluster.name} --namespace ${namespace} --service-account ${serviceAccount} --role-arn ${role.role.arn}.`;
  const repair =
    trust.repair === null ? { text: create } : { ...trust.repair, text: `${create} ${trust.repair.text}` };
  return {
    mechanism: 'pod-identity',
    steps: [
      ...clusterSteps(cluster),
      step,
      pass('association-role', `${role.role.arn} exists.`),
      ...trust.steps,
      ...kubernetesPodIdentitySteps(),
    ],
    repair: missing === null ? repair : trust.repair,
    role,
  };
}

/** A sentence, with a space before it, about an association that was probably meant; else empty. */
function nearAssociation({ cluster, namespace, serviceAccount }: ServiceAccountQuestion): string {
  const near = (cluster.cluster.podIdentityAssociations ?? []).flatMap((association) => {
    const miss = subjectNearMiss(subjectOf(association.namespace, association.serviceAccount), {
      namespace,
      serviceAccount,
    });
    return miss === null ? [] : [{ association, ...miss }];
  });
  const [nearest] = near.sort((a, b) => a.distance - b.distance);
  if (nearest === undefined) return '';
  const { association, words } = nearest;
  return ` Association ${association.id} for ${association.namespace}/${association.serviceAccount} comes near: ${words}.`;
}

function withoutRole(question: ServiceAccountQuestion, estate: Estate): Chain {
  const { cluster, namespace, serviceAccount } = question;
  const candidates = roleCandidates(cluster, namespace, serviceAccount, estate);
  const [best] = candidates;
  if (best !== undefined) return irsa(question, best.role, choiceSteps(candidates), estate);
  return { ...nothing(question, estate), role: null };
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

/** Neither an association nor a role for the ServiceAccount. */
function nothing(question: ServiceAccountQuestion, estate: Estate): Omit<Chain, 'role'> {
  const { cluster, namespace, serviceAccount } = question;
  const subject = subjectOf(namespace, serviceAccount);
  const missing = cluster.missing('podIdentityAssociations');
  const roles = [cluster.account, ...estate.accounts.values()]
    .map((account) => account.missing('roles'))
    .find((one) => one !== null);
  const near = nearAssociation(question);
  const association =
    missing !== null
      ? unknown('association', unread(missing))
      : near === ''
        ? pass(
            'association',
            `No association for ${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}.`,
          )
        : fail(
            'association',
            `No association for ${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}.${near}`,
            'use-pod-identity-association',
          );
  const issuer =
    cluster.issuerKey === null
      ? unknown('cluster-issuer', 'The issuer of the cluster is not known.')
      : pass('cluster-issuer', `The cluster's issuer is ${cluster.issuerKey}.`);
  const role =
    roles === undefined || roles === null
      ? cluster.issuerKey === null || missing !== null
        ? unknown('role', `No role that was read trusts ${subject} of this cluster.`)
        : fail(
            'role',
            `No association and no trust policy of the ${estate.roles.length} roles that were read names ${subject} of cluster ${cluster.cluster.name}: its pods have no AWS identity of their own.`,
          )
      : unknown('role', unread(roles));
  const { name } = cluster.cluster;
  return {
    mechanism: 'none',
    steps: [
      ...clusterSteps(cluster),
      issuer,
      association,
      role,
      unknown(
        'service-account',
        'Whether the ServiceAccount exists, and what it is annotated with, is known to Kubernetes alone.',
      ),
    ],
    repair:
      role.status === 'fail'
        ? {
            text: `Give the ServiceAccount a role: aws eks create-pod-identity-association --cluster-name ${name} --namespace ${namespace} --service-account ${serviceAccount} --role-arn <role>.`,
          }
        : null,
  };
}
