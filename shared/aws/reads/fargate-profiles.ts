import { DescribeFargateProfileCommand, ListFargateProfilesCommand } from '@aws-sdk/client-eks';
import { type FargateProfile, fargateProfileSchema } from '../../estate/snapshot.ts';
import type { ClusterReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, readListed, required } from './listed.ts';

export const permissions: Permissions = {
  actions: ['eks:ListFargateProfiles', 'eks:DescribeFargateProfile'],
  for: 'read',
};

/** Fargate profiles with their pod execution roles and what they select. */
export function readFargateProfiles(cluster: ClusterReader): Promise<FargateProfile[] | undefined> {
  const { eks, name: clusterName } = cluster;
  return readListed<string, FargateProfile>(cluster, {
    list: 'eks:ListFargateProfiles',
    page: async (nextToken) => {
      const answer = await eks.send(
        new ListFargateProfilesCommand(present({ clusterName, maxResults: EKS_PAGE, nextToken })),
      );
      return { items: answer.fargateProfileNames, next: answer.nextToken };
    },
    describe: 'eks:DescribeFargateProfile',
    schema: fargateProfileSchema,
    subject: (fargateProfileName) => fargateProfileName,
    one: async (fargateProfileName) => {
      const answer = await eks.send(new DescribeFargateProfileCommand({ clusterName, fargateProfileName }));
      const profile = required(answer.fargateProfile, 'Fargate profile');
      return {
        name: fargateProfileName,
        roleArn: required(profile.podExecutionRoleArn, 'podExecutionRoleArn'),
        selectors: profile.selectors?.map(({ namespace, labels }) => present({ namespace, labels })),
      };
    },
    known: (name) => ({ name }),
  });
}
