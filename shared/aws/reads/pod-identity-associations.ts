import {
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  type PodIdentityAssociationSummary,
} from '@aws-sdk/client-eks';
import { type Association, associationSchema } from '../../estate/snapshot.ts';
import type { ClusterReader } from '../account-reader.ts';
import { isoTime } from '../iso-time.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, readListed, required } from './listed.ts';

export const permissions: Permissions = {
  actions: ['eks:ListPodIdentityAssociations', 'eks:DescribePodIdentityAssociation'],
  for: 'read',
};

/** Pod Identity associations: the list names no role, so each is described. */
export function readAssociations(cluster: ClusterReader): Promise<Association[] | undefined> {
  const { eks, name: clusterName } = cluster;
  return readListed<PodIdentityAssociationSummary, Association>(cluster, {
    list: 'eks:ListPodIdentityAssociations',
    page: async (nextToken) => {
      const answer = await eks.send(
        new ListPodIdentityAssociationsCommand(present({ clusterName, maxResults: EKS_PAGE, nextToken })),
      );
      return { items: answer.associations, next: answer.nextToken };
    },
    describe: 'eks:DescribePodIdentityAssociation',
    schema: associationSchema,
    subject: ({ associationId }) => associationId,
    one: async ({ associationId }) => {
      const answer = await eks.send(
        new DescribePodIdentityAssociationCommand({ clusterName, associationId }),
      );
      const association = required(answer.association, 'association');
      return {
        id: associationId,
        arn: association.associationArn,
        namespace: association.namespace,
        serviceAccount: association.serviceAccount,
        roleArn: required(association.roleArn, 'roleArn'),
        targetRoleArn: association.targetRoleArn,
        externalId: association.externalId,
        disableSessionTags: association.disableSessionTags,
        policy: association.policy,
        ownerArn: association.ownerArn,
        created: isoTime(association.createdAt),
        modified: isoTime(association.modifiedAt),
        tags: association.tags,
      };
    },
    known: ({ associationId, associationArn, namespace, serviceAccount, ownerArn }) => ({
      id: associationId,
      arn: associationArn,
      namespace,
      serviceAccount,
      ownerArn,
    }),
  });
}
