import type { ChangeOf, StateOf } from '../../changes/change.ts';
import type { AssociationView, ClusterView, RoleView } from '../../estate/estate.ts';
import type { Association } from '../../estate/snapshot.ts';
import { type Draft, declined } from '../draft.ts';

/** Makes the association that gives a ServiceAccount a role. */
export function draftAssociation(
  { namespace, serviceAccount }: { readonly namespace: string; readonly serviceAccount: string },
  role: RoleView,
  clusters: readonly ClusterView[],
  wish: string,
): Draft {
  const [cluster, ...more] = clusters;
  const whom = `${namespace}/${serviceAccount}`;
  if (cluster === undefined)
    return declined(`The cluster that ${role.name} names does not exist in its account.`);
  if (more.length > 0)
    return declined(
      `Nothing says in which of ${clusters.length} clusters ${whom} is to have ${role.name}: declare it under bindings in podtrust.config.json.`,
    );
  const target = targetOf(cluster, namespace, serviceAccount);
  return {
    kind: 'draft',
    title: `Associate ${whom} of cluster ${cluster.cluster.name} with ${role.name}.`,
    wish,
    changes: [{ kind: 'pod-identity-association', target, before: null, after: { roleArn: role.role.arn } }],
    notes: [`Pods get the role when they are created: restart those that run as ${whom}.`],
    isMeant: (way) =>
      way.identities?.every((one) => one.namespace === namespace && one.serviceAccount === serviceAccount) ===
      true,
  };
}

/** Switches the session tags of an association on, which conditions ask for. */
export function draftSessionTags({ association, cluster }: AssociationView, wish: string): Draft {
  const before = associationState(association);
  if (before === null)
    return declined('eks:DescribePodIdentityAssociation: the association was not described.');
  if (before.policy !== undefined)
    return declined(
      'The association has a session policy, with which EKS passes no tags: ask for the cluster by aws:SourceArn in the trust policy, or drop the session policy.',
    );
  if (before.disableSessionTags !== true) return declined('Session tags are on already.');
  const { namespace, serviceAccount } = association;
  return {
    kind: 'draft',
    title: `Switch the session tags of the association of ${namespace}/${serviceAccount} in cluster ${cluster.cluster.name} on.`,
    wish,
    changes: [
      {
        kind: 'pod-identity-association',
        target: targetOf(cluster, namespace, serviceAccount),
        before,
        after: { ...before, disableSessionTags: false },
      },
    ],
  };
}

function targetOf(
  { account, region, cluster }: ClusterView,
  namespace: string,
  serviceAccount: string,
): ChangeOf<'pod-identity-association'>['target'] {
  return { account: account.id, region, cluster: cluster.name, namespace, serviceAccount };
}

function associationState({
  roleArn,
  targetRoleArn,
  externalId,
  disableSessionTags,
  policy,
  ownerArn,
}: Association): StateOf<'pod-identity-association'> | null {
  if (roleArn === undefined) return null;
  return {
    roleArn,
    ...(targetRoleArn !== undefined && { targetRoleArn }),
    ...(externalId !== undefined && { externalId }),
    ...(disableSessionTags !== undefined && { disableSessionTags }),
    ...(policy !== undefined && { policy }),
    ...(ownerArn !== undefined && { ownerArn }),
  };
}
