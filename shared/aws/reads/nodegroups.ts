import { DescribeNodegroupCommand, ListNodegroupsCommand } from '@aws-sdk/client-eks';
import { type Nodegroup, nodegroupSchema } from '../../estate/snapshot.ts';
import type { ClusterReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, readListed, required } from './listed.ts';

export const permissions: Permissions = {
  actions: ['eks:ListNodegroups', 'eks:DescribeNodegroup'],
  for: 'read',
};

/** Managed node groups with their roles. */
export function readNodegroups(cluster: ClusterReader): Promise<Nodegroup[] | undefined> {
  const { eks, name: clusterName } = cluster;
  return readListed<string, Nodegroup>(cluster, {
    list: 'eks:ListNodegroups',
    page: async (nextToken) => {
      const answer = await eks.send(
        new ListNodegroupsCommand(present({ clusterName, maxResults: EKS_PAGE, nextToken })),
      );
      return { items: answer.nodegroups, next: answer.nextToken };
    },
    describe: 'eks:DescribeNodegroup',
    schema: nodegroupSchema,
    subject: (nodegroupName) => nodegroupName,
    one: async (nodegroupName) => {
      const answer = await eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }));
      const nodegroup = required(answer.nodegroup, 'node group');
      return {
        name: nodegroupName,
        roleArn: required(nodegroup.nodeRole, 'nodeRole'),
        amiType: nodegroup.amiType,
      };
    },
    known: (name) => ({ name }),
  });
}
