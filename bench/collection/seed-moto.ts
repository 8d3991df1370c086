import { CreateClusterCommand } from '@aws-sdk/client-eks';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import pLimit from 'p-limit';
import type { Clients } from '../../shared/aws/clients.ts';

export const REGION = 'eu-west-1';
export const ROLES = 1001;
export const CLUSTERS = 20;
const ACCOUNT = '123456789012';

/** Fills a moto server: clusters, the OIDC provider of each, and roles that trust one ServiceAccount each. */
export async function seedMoto(clients: Clients): Promise<void> {
  const limit = pLimit(8);
  const iam = clients('iam', null, 'us-east-1');
  const eks = clients('eks', null, REGION);
  // moto gives all clusters of a process one issuer, so the providers have ids of their own.
  const issuers = Array.from(
    { length: CLUSTERS },
    (_, index) => `oidc.eks.${REGION}.amazonaws.com/id/${index.toString(16).toUpperCase().padStart(32, 'A')}`,
  );
  await Promise.all(
    issuers.map((issuer, index) =>
      limit(async () => {
        await eks.send(
          new CreateClusterCommand({
            name: `cluster-${index}`,
            roleArn: `arn:aws:iam::${ACCOUNT}:role/control-plane`,
            resourcesVpcConfig: { subnetIds: ['subnet-1', 'subnet-2'] },
          }),
        );
        await iam.send(
          new CreateOpenIDConnectProviderCommand({
            Url: `https://${issuer}`,
            ClientIDList: ['sts.amazonaws.com'],
            ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
          }),
        );
      }),
    ),
  );
  await Promise.all(
    Array.from({ length: ROLES }, (_, index) =>
      limit(() =>
        iam.send(
          new CreateRoleCommand({
            RoleName: `app-${index}`,
            AssumeRolePolicyDocument: trust(issuers[index % issuers.length] ?? '', index),
          }),
        ),
      ),
    ),
  );
}

const trust = (issuer: string, index: number): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: 'sts.amazonaws.com',
            [`${issuer}:sub`]: `system:serviceaccount:team-${index % 50}:app-${index}`,
          },
        },
      },
    ],
  });
