import {
  DescribeIdentityProviderConfigCommand,
  ListIdentityProviderConfigsCommand,
  type IdentityProviderConfig as Summary,
} from '@aws-sdk/client-eks';
import { type IdentityProviderConfig, identityProviderConfigSchema } from '../../estate/snapshot.ts';
import type { ClusterReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, readListed, required } from './listed.ts';

export const permissions: Permissions = {
  actions: ['eks:ListIdentityProviderConfigs', 'eks:DescribeIdentityProviderConfig'],
  for: 'read',
};

/** Identity providers that authenticate people to the cluster beside IAM. */
export function readIdentityProviderConfigs(
  cluster: ClusterReader,
): Promise<IdentityProviderConfig[] | undefined> {
  const { eks, name: clusterName } = cluster;
  return readListed<Summary, IdentityProviderConfig>(cluster, {
    list: 'eks:ListIdentityProviderConfigs',
    page: async (nextToken) => {
      const answer = await eks.send(
        new ListIdentityProviderConfigsCommand(present({ clusterName, maxResults: EKS_PAGE, nextToken })),
      );
      return { items: answer.identityProviderConfigs, next: answer.nextToken };
    },
    describe: 'eks:DescribeIdentityProviderConfig',
    schema: identityProviderConfigSchema,
    subject: ({ name }) => name,
    one: async ({ name, type }) => {
      const answer = await eks.send(
        new DescribeIdentityProviderConfigCommand({ clusterName, identityProviderConfig: { name, type } }),
      );
      return { name, type, issuer: required(answer.identityProviderConfig?.oidc?.issuerUrl, 'issuer') };
    },
    known: ({ name, type }) => ({ name, type }),
  });
}
