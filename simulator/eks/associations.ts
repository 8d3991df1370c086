import type * as eks from '@aws-sdk/client-eks';
import type { PodIdentityAssociation } from '@aws-sdk/client-eks';
import { type Call, type Operations, read, write } from '../operation.ts';
import type { ClusterState } from '../state.ts';
import { inUse, invalidParameter, limitExceeded, notFound } from './errors.ts';
import { activeCluster, clusterOf, eksArn, eksPage } from './lookup.ts';
import { checkPodIdentityTrust } from './pod-identity-trust.ts';

/** Most associations of one cluster. Source: EKS user guide, "Pod Identity quotas". */
const PER_CLUSTER = 5000;

export interface NewAssociation {
  readonly namespace: string | undefined;
  readonly serviceAccount: string | undefined;
  readonly roleArn: string | undefined;
  readonly targetRoleArn?: string | undefined;
  readonly disableSessionTags?: boolean | undefined;
  readonly policy?: string | undefined;
  readonly tags?: Record<string, string> | undefined;
  readonly ownerArn?: string;
}

/** Creates an association: the pair must be free, the role must let Pod Identity in. */
export function createAssociation(
  call: Call,
  state: ClusterState,
  input: NewAssociation,
): PodIdentityAssociation {
  const { live } = state.associations;
  const { namespace, serviceAccount } = input;
  const taken = [...live.values()].some(
    (other) => other.namespace === namespace && other.serviceAccount === serviceAccount,
  );
  if (taken) {
    throw inUse(
      `Association already exists: ${[...live.values()].find((other) => other.namespace === namespace && other.serviceAccount === serviceAccount)?.associationId}`,
    );
  }
  if (live.size >= PER_CLUSTER) throw limitExceeded(`The cluster has ${PER_CLUSTER} associations already.`);
  checkRole(call, input);
  const id = `a-${call.world.ids.token(17)}`;
  const association: PodIdentityAssociation = {
    clusterName: state.cluster.name,
    namespace,
    serviceAccount,
    roleArn: input.roleArn,
    associationArn: eksArn(call, `podidentityassociation/${state.cluster.name}/${id}`),
    associationId: id,
    tags: { ...input.tags },
    createdAt: call.now,
    modifiedAt: call.now,
    disableSessionTags: input.disableSessionTags ?? false,
    ...(input.ownerArn === undefined ? {} : { ownerArn: input.ownerArn }),
    ...(input.policy === undefined ? {} : { policy: input.policy }),
    ...target(call, input.targetRoleArn, state, id),
  };
  live.set(id, association);
  state.associations.changed();
  return association;
}

/** A target role brings the external id that EKS uses on the second hop. Source: EKS API, PodIdentityAssociation. */
function target(call: Call, targetRoleArn: string | undefined, state: ClusterState, id: string) {
  if (targetRoleArn === undefined || targetRoleArn === '') return {};
  const where = `${call.account.partition}/${call.region.name}/${call.account.id}`;
  return { targetRoleArn, externalId: `${where}/${state.cluster.name}/${id}` };
}

function checkRole(
  call: Call,
  input: Pick<NewAssociation, 'roleArn' | 'policy' | 'disableSessionTags'>,
): void {
  if (input.policy !== undefined && input.disableSessionTags !== true) {
    throw invalidParameter('disableSessionTags must be set to true when a policy is specified.');
  }
  if (input.roleArn !== undefined) checkPodIdentityTrust(call, input.roleArn);
}

function liveAssociation(call: Call, cluster: ClusterState, id: string | undefined): PodIdentityAssociation {
  const association = cluster.associations.live.get(id ?? '');
  if (association === undefined) throw missing(call, cluster, id);
  return association;
}

const missing = (call: Call, { cluster }: ClusterState, id: string | undefined) =>
  notFound(`The association ${id} does not exist in the cluster ${cluster.name} of ${call.region.name}.`);

/** Deletes an association for its owner or for a caller. */
export function removeAssociation(state: ClusterState, id: string): void {
  state.associations.live.delete(id);
  state.associations.changed();
}

function updateAssociation(
  call: Call,
  input: eks.UpdatePodIdentityAssociationCommandInput,
): PodIdentityAssociation {
  const state = clusterOf(call, input.clusterName);
  const association = liveAssociation(call, state, input.associationId);
  const { roleArn, disableSessionTags, targetRoleArn, policy } = input;
  if ([roleArn, disableSessionTags, targetRoleArn, policy].every((value) => value === undefined)) {
    throw invalidParameter('At least one parameter must change.');
  }
  checkRole(call, {
    roleArn,
    policy: policy === '' ? undefined : (policy ?? association.policy),
    disableSessionTags: disableSessionTags ?? association.disableSessionTags,
  });
  if (roleArn !== undefined) association.roleArn = roleArn;
  if (disableSessionTags !== undefined) association.disableSessionTags = disableSessionTags;
  if (policy !== undefined) association.policy = policy === '' ? undefined : policy;
  if (targetRoleArn !== undefined) {
    const next = target(call, targetRoleArn, state, association.associationId ?? '');
    association.targetRoleArn = next.targetRoleArn;
    association.externalId = next.externalId;
  }
  association.modifiedAt = call.now;
  state.associations.changed();
  return association;
}

/** Pod Identity associations: eventually consistent, one for each pair of namespace and ServiceAccount. */
export const associationOperations: Operations<typeof eks> = {
  CreatePodIdentityAssociation: write((call, input) => {
    const association = createAssociation(call, activeCluster(call, input.clusterName), input);
    return { association: structuredClone(association) };
  }),
  DescribePodIdentityAssociation: read((call, { clusterName, associationId }) => {
    const state = clusterOf(call, clusterName);
    const association = state.associations.visible().get(associationId ?? '');
    if (association === undefined) throw missing(call, state, associationId);
    return { association: structuredClone(association) };
  }),
  ListPodIdentityAssociations: read((call, input) => {
    const all = [...clusterOf(call, input.clusterName).associations.visible().values()];
    const wanted = all.filter(
      ({ namespace, serviceAccount }) =>
        (input.namespace === undefined || input.namespace === namespace) &&
        (input.serviceAccount === undefined || input.serviceAccount === serviceAccount),
    );
    const { items, nextToken } = eksPage(call, wanted, input);
    const associations = items.map((one) => ({
      clusterName: one.clusterName,
      namespace: one.namespace,
      serviceAccount: one.serviceAccount,
      associationArn: one.associationArn,
      associationId: one.associationId,
      ownerArn: one.ownerArn,
    }));
    return { associations, nextToken };
  }),
  UpdatePodIdentityAssociation: write((call, input) => ({
    association: structuredClone(updateAssociation(call, input)),
  })),
  DeletePodIdentityAssociation: write((call, { clusterName, associationId }) => {
    const state = clusterOf(call, clusterName);
    const association = structuredClone(liveAssociation(call, state, associationId));
    removeAssociation(state, associationId ?? '');
    return { association };
  }),
};
