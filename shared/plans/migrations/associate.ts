import type { Change } from '../../changes/change.ts';
import type { ClusterView, RoleView } from '../../estate/estate.ts';
import type { Association } from '../../estate/snapshot.ts';
import { annotatedIn, asksForRole, associationsIn } from '../../identity/annotated.ts';
import { agentStep, computeStep } from '../../identity/pod-identity-runtime.ts';
import { assemble } from '../assemble.ts';
import { declined } from '../draft.ts';
import type { PlanContext } from '../plan-context.ts';
import { trustChange } from '../trust/edit-trust.ts';
import { type Asked, done } from './asked.ts';
import { podTrust } from './pod-trust.ts';

/** A ServiceAccount that a person wants to have a role by Pod Identity. */
export interface WantedAssociation {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly role: RoleView;
}

/** Associations that a cluster takes, not adjustable (Amazon EKS user guide, service quotas). */
export const MOST_ASSOCIATIONS = 5000;

/** Plans one association, and the statement of the role's trust policy that it needs. */
export function planAssociation(wanted: WantedAssociation, context: PlanContext): Asked {
  const { cluster, namespace, serviceAccount, role } = wanted;
  const whom = `${namespace}/${serviceAccount} of cluster ${cluster.cluster.name}`;
  const reasons = [...obstacles(wanted), ...agentObstacle(wanted)];
  if (reasons.length > 0) return { kind: 'declined', reasons };
  const present = associationsIn(cluster).get(`${namespace}/${serviceAccount}`);
  if (present !== undefined && !isPlainly(present, role))
    return declined(
      `${whom} has association ${present.id} with ${present.roleArn ?? 'a role that was not read'} already: delete it or change it by hand first, since its pods would lose what it gives.`,
    );
  const trust = trustPart(role, cluster, namespace, serviceAccount);
  if (trust !== null && trust.kind === 'declined') return trust;
  const changes: Change[] = [
    ...(trust === null ? [] : [trust]),
    ...(present === undefined ? [associationChange(wanted)] : []),
  ];
  if (changes.length === 0)
    return done(`${whom} has ${role.role.arn} by association ${present?.id} already.`);
  const plan = assemble(
    {
      kind: 'draft',
      title: `Associate ${whom} with ${role.name}.`,
      wish: `whoever ran podtrust associate for ${whom} and ${role.role.arn}`,
      changes,
      approval: ['It was asked for on the command line: an approver answers for it.', ...replaced(wanted)],
      notes: [
        `Pods get the role when they are created: restart those that run as ${namespace}/${serviceAccount}.`,
      ],
      unknowns: unknownSteps(wanted),
      isMeant: (way) =>
        way.target === role.role.arn &&
        way.identities?.every(
          (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
        ) === true,
    },
    [],
    context,
  );
  return { kind: 'plan', plan };
}

function trustPart(role: RoleView, cluster: ClusterView, namespace: string, serviceAccount: string) {
  const repair = podTrust(role, cluster, [{ namespace, serviceAccount }]);
  if (repair === null || 'kind' in repair) return repair;
  return trustChange(role, repair);
}

/** True where an association gives the role and nothing else. */
function isPlainly({ roleArn, targetRoleArn }: Association, { role }: RoleView): boolean {
  return roleArn === role.arn && targetRoleArn === undefined;
}

/** The creation of an association. */
export function associationChange({ cluster, namespace, serviceAccount, role }: WantedAssociation): Change {
  return {
    kind: 'pod-identity-association',
    target: {
      account: cluster.account.id,
      region: cluster.region,
      cluster: cluster.cluster.name,
      namespace,
      serviceAccount,
    },
    before: null,
    after: { roleArn: role.role.arn },
  };
}

/** Why Pod Identity cannot give the role there, agent or not: what is certain, and what was not read. */
export function obstacles({ cluster, namespace, serviceAccount, role }: WantedAssociation): string[] {
  const reasons: string[] = [];
  const { account } = cluster;
  if (role.account.id !== account.id)
    reasons.push(
      `${role.role.arn} is in account ${role.account.id}, and an association takes roles of the cluster's account ${account.id} alone: reach it as the target role of one in ${account.id}.`,
    );
  const missing = cluster.missing('podIdentityAssociations');
  if (missing !== null) reasons.push(`${missing.read}: ${missing.reason}`);
  const count = cluster.cluster.podIdentityAssociations?.length ?? 0;
  const present = associationsIn(cluster).has(`${namespace}/${serviceAccount}`);
  if (!present && count >= MOST_ASSOCIATIONS)
    reasons.push(
      `Cluster ${cluster.cluster.name} has ${count} of ${MOST_ASSOCIATIONS} associations, and the limit cannot be raised.`,
    );
  const compute = computeStep(cluster, namespace, serviceAccount);
  if (compute.status === 'fail') reasons.push(compute.detail);
  return reasons;
}

function agentObstacle({ cluster, namespace, serviceAccount }: WantedAssociation): string[] {
  const { status, detail } = agentStep(cluster, cluster.kubernetes.podsOf(namespace, serviceAccount));
  return status === 'fail'
    ? [`${detail} Install the agent first: without it, pods of an association get nothing.`]
    : [];
}

function unknownSteps({ cluster, namespace, serviceAccount }: WantedAssociation): string[] {
  return [
    agentStep(cluster, cluster.kubernetes.podsOf(namespace, serviceAccount)),
    computeStep(cluster, namespace, serviceAccount),
  ].flatMap(({ status, detail }) => (status === 'unknown' ? [detail] : []));
}

/** The annotation that an association takes the effect from. */
function replaced({ cluster, namespace, serviceAccount, role }: WantedAssociation): string[] {
  const annotated = annotatedIn(cluster).find(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  if (annotated === undefined || !asksForRole(annotated) || annotated.annotation.arn === role.role.arn)
    return [];
  return [
    `The ServiceAccount is annotated with ${annotated.annotation.arn}: new pods no longer get it, since an association comes before an annotation.`,
  ];
}
