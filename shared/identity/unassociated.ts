import type { RoleView } from '../estate/estate.ts';
import { podIdentityRequests } from '../iam/requests.ts';
import type { AccountSide } from './account-side.ts';
import { fail, pass, unknown, unread } from './checks.ts';
import { clusterSteps } from './cluster-steps.ts';
import { subjectNearMiss } from './near-subject.ts';
import { podIdentityStatement, podIdentityTrust } from './pod-identity-chain.ts';
import { podStepsFor } from './pod-steps-for.ts';
import { POD_IDENTITY_SERVICE, subjectOf } from './service-account.ts';
import type { Chain, ServiceAccountQuestion } from './service-account-chain.ts';
import { allowsOf } from './statements.ts';

/** True for roles that only Pod Identity may take on. */
export function isForPodIdentityAlone(role: RoleView): boolean {
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
export function unassociated(question: ServiceAccountQuestion, role: RoleView, side: AccountSide): Chain {
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
      side.step,
      pass('association-role', `${role.role.arn} exists.`),
      ...trust.steps,
      ...podStepsFor(question, side, { mechanism: 'pod-identity', association: null }),
    ],
    repair: missing === null ? repair : trust.repair,
    role,
  };
}

/**
 * A sentence, with a space before it, about an association that was probably meant; else empty. One whose own
 * ServiceAccount exists was meant for that.
 */
export function nearAssociation({ cluster, namespace, serviceAccount }: ServiceAccountQuestion): string {
  const near = (cluster.cluster.podIdentityAssociations ?? []).flatMap((association) => {
    if (cluster.kubernetes.serviceAccount(association.namespace, association.serviceAccount) !== undefined)
      return [];
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
