import type { Estate } from '../estate/estate.ts';
import { type AccountSide, annotateCommand, slipWords, withoutAnnotation } from './account-side.ts';
import { roleCandidates } from './candidates.ts';
import type { Repair, Step } from './chain.ts';
import { fail, leftOut, pass, unknown, unread } from './checks.ts';
import { clusterSteps } from './cluster-steps.ts';
import { podsLeftOut } from './pod-steps-for.ts';
import { ROLE_ANNOTATION } from './role-annotation.ts';
import { subjectOf } from './service-account.ts';
import type { Chain, ServiceAccountQuestion } from './service-account-chain.ts';
import { nearAssociation } from './unassociated.ts';

/** Neither an association nor a role for the ServiceAccount. */
export function noIdentity(question: ServiceAccountQuestion, side: AccountSide, estate: Estate): Chain {
  const { cluster } = question;
  const issuer =
    cluster.issuerKey === null
      ? unknown('cluster-issuer', 'The issuer of the cluster is not known.')
      : pass('cluster-issuer', `The cluster's issuer is ${cluster.issuerKey}.`);
  const before = [...clusterSteps(cluster), issuer, associationStep(question), side.step];
  const rest = side.kind === 'exists' ? unannotated(question, side, estate) : unnamed(question, side, estate);
  return { mechanism: 'none', steps: [...before, ...rest.steps], repair: rest.repair, role: null };
}

function associationStep(question: ServiceAccountQuestion): Step {
  const { cluster, namespace, serviceAccount } = question;
  const missing = cluster.missing('podIdentityAssociations');
  if (missing !== null) return unknown('association', unread(missing));
  const near = nearAssociation(question);
  const none = `No association for ${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}.`;
  return near === ''
    ? pass('association', none)
    : fail('association', `${none}${near}`, 'use-pod-identity-association');
}

interface Rest {
  readonly steps: readonly Step[];
  readonly repair: Repair | null;
}

/** A ServiceAccount that exists, and whose annotations name no role. */
function unannotated(
  question: ServiceAccountQuestion,
  { annotation, onPods }: Extract<AccountSide, { kind: 'exists' }>,
  estate: Estate,
): Rest {
  const { cluster, namespace, serviceAccount } = question;
  const unread = cluster.missing('podIdentityAssociations') !== null;
  const trusting = roleCandidates(cluster, namespace, serviceAccount, estate).find(
    ({ by, works }) => by === 'named' && works,
  );
  const hint = trusting === undefined ? '' : ` The trust policy of ${trusting.role.role.arn} names it.`;
  const slip =
    annotation.kind === 'invalid' || annotation.kind === 'misspelt'
      ? slipWords(annotation)
      : onPods
        ? withoutAnnotation(onPods)
        : null;
  const detail =
    slip ??
    `The ServiceAccount has neither annotation ${ROLE_ANNOTATION} nor association: its pods have no AWS identity of their own.${hint}`;
  const rule = slip !== null ? 'no-invalid-role-annotation' : hint === '' ? null : 'use-role-annotation';
  const step = unread
    ? unknown(
        'role-annotation',
        `The ServiceAccount has no annotation ${ROLE_ANNOTATION} that counts; whether it has an association is not known.`,
      )
    : fail('role-annotation', detail, rule);
  const repair =
    trusting === undefined
      ? associateRepair(question)
      : {
          text: `Annotate the ServiceAccount, and restart its pods: ${annotateCommand(question, trusting.role.role.arn)}`,
        };
  return {
    steps: [step, ...podsLeftOut('There is no identity that they could be given.')],
    repair: unread ? null : repair,
  };
}

/** A ServiceAccount of which Kubernetes shows nothing: no trust policy speaks of it either. */
function unnamed(question: ServiceAccountQuestion, side: AccountSide, estate: Estate): Rest {
  const { cluster, namespace, serviceAccount } = question;
  const role = roleStep(question, estate);
  const left =
    side.kind === 'absent'
      ? [
          leftOut('role-annotation', 'There is no ServiceAccount to annotate.'),
          ...podsLeftOut('There is no ServiceAccount that pods could run as.'),
        ]
      : [];
  if (side.kind === 'absent') {
    const create = `Create the ServiceAccount, or correct the name: ${namespace}/${serviceAccount} of ${cluster.cluster.name} does not exist.`;
    return { steps: [...left], repair: { text: create } };
  }
  return { steps: [role, ...left], repair: role.status === 'fail' ? associateRepair(question) : null };
}

function roleStep({ cluster, namespace, serviceAccount }: ServiceAccountQuestion, estate: Estate): Step {
  const subject = subjectOf(namespace, serviceAccount);
  const roles = [cluster.account, ...estate.accounts.values()]
    .map((account) => account.missing('roles'))
    .find((one) => one !== null);
  if (roles !== undefined && roles !== null) return unknown('role', unread(roles));
  if (cluster.issuerKey === null || cluster.missing('podIdentityAssociations') !== null)
    return unknown('role', `No role that was read trusts ${subject} of this cluster.`);
  return fail(
    'role',
    `No association and no trust policy of the ${estate.roles.length} roles that were read names ${subject} of cluster ${cluster.cluster.name}: its pods have no AWS identity of their own.`,
  );
}

function associateRepair({ cluster, namespace, serviceAccount }: ServiceAccountQuestion): Repair {
  return {
    text: `Give the ServiceAccount a role: aws eks create-pod-identity-association --cluster-name ${cluster.cluster.name} --namespace ${namespace} --service-account ${serviceAccount} --role-arn <role>.`,
  };
}
