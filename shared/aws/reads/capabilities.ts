import {
  type CapabilitySummary,
  DescribeCapabilityCommand,
  ListCapabilitiesCommand,
} from '@aws-sdk/client-eks';
import { type Capability, capabilitySchema } from '../../estate/snapshot.ts';
import type { ClusterReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, readListed, required } from './listed.ts';

export const permissions: Permissions = {
  actions: ['eks:ListCapabilities', 'eks:DescribeCapability'],
  for: 'read',
};

/** EKS capabilities, whose roles EKS gives access to the cluster. */
export function readCapabilities(cluster: ClusterReader): Promise<Capability[] | undefined> {
  const { eks, name: clusterName } = cluster;
  return readListed<CapabilitySummary, Capability>(cluster, {
    list: 'eks:ListCapabilities',
    page: async (nextToken) => {
      const answer = await eks.send(
        new ListCapabilitiesCommand(present({ clusterName, maxResults: EKS_PAGE, nextToken })),
      );
      return { items: answer.capabilities, next: answer.nextToken };
    },
    describe: 'eks:DescribeCapability',
    schema: capabilitySchema,
    subject: ({ capabilityName }) => capabilityName,
    one: async ({ capabilityName }) => {
      const answer = await eks.send(new DescribeCapabilityCommand({ clusterName, capabilityName }));
      const capability = required(answer.capability, 'capability');
      return {
        name: capabilityName,
        type: capability.type,
        roleArn: required(capability.roleArn, 'roleArn'),
      };
    },
    known: ({ capabilityName, type }) => ({ name: capabilityName, type }),
  });
}
