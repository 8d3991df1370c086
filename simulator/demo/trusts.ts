import { clusterArn, type DemoAccount, type DemoCluster, GITHUB, providerArn, roleArn } from './places.ts';

/** Trust policies as the tools write them: the same meaning, spelled in many ways. */

export type Spelling = 'terraform' | 'eksctl' | 'console' | 'cdk' | 'by-hand';

const serviceAccount = (namespace: string, name: string): string =>
  `system:serviceaccount:${namespace}:${name}`;

/** A policy of any statements. */
export const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** One web-identity statement with any conditions. */
export const webIdentity = (
  provider: string,
  condition: object,
  action: unknown = 'sts:AssumeRoleWithWebIdentity',
) => ({
  Effect: 'Allow',
  Principal: { Federated: provider },
  Action: action,
  Condition: condition,
});

/** IRSA for one ServiceAccount, in the spelling of a tool. */
export function irsa(
  { account, issuer }: DemoCluster,
  namespace: string,
  name: string,
  spelling: Spelling = 'terraform',
  home: DemoAccount = account,
): string {
  const Federated = providerArn(home, issuer);
  const sub = serviceAccount(namespace, name);
  const aud = 'sts.amazonaws.com';
  const keys = { [`${issuer}:aud`]: aud, [`${issuer}:sub`]: sub };
  const Action = 'sts:AssumeRoleWithWebIdentity';
  switch (spelling) {
    case 'terraform':
      return JSON.stringify({
        Statement: [
          { Action, Condition: { StringEquals: keys }, Effect: 'Allow', Principal: { Federated }, Sid: '' },
        ],
        Version: '2012-10-17',
      });
    case 'eksctl':
      return document({
        Effect: 'Allow',
        Principal: { Federated },
        Action: [Action],
        Condition: { StringEquals: keys },
      });
    case 'console':
      return JSON.stringify(
        {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated },
              Action,
              Condition: { StringEquals: { [`${issuer}:aud`]: [aud], [`${issuer}:sub`]: [sub] } },
            },
          ],
        },
        null,
        4,
      );
    case 'cdk':
      return JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Federated: [Federated] },
          Action,
          Condition: {
            StringEquals: { [`${issuer}:sub`]: sub },
            'ForAnyValue:StringEquals': { [`${issuer}:aud`]: [aud] },
          },
        },
      });
    case 'by-hand':
      return document({
        Sid: 'Pods',
        Effect: 'Allow',
        Principal: { Federated },
        Action: 'STS:AssumeRoleWithWebIdentity',
        Condition: { StringLike: { [`${issuer}:SUB`]: sub }, StringEquals: { [`${issuer}:Aud`]: aud } },
      });
  }
}

/** Pod Identity for one ServiceAccount of one cluster. */
export function podIdentity(cluster: DemoCluster, namespace: string, name: string): string {
  return document({
    Sid: 'AllowEksAuthToAssumeRoleForPodIdentity',
    Effect: 'Allow',
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: {
      StringEquals: {
        'aws:SourceAccount': cluster.account.id,
        'aws:RequestTag/kubernetes-namespace': namespace,
        'aws:RequestTag/kubernetes-service-account': name,
      },
      ArnEquals: { 'aws:SourceArn': clusterArn(cluster) },
    },
  });
}

export const forService = (service: string): string =>
  document({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });

/** What IAM Identity Center writes for a permission set. */
export const forSso = (account: DemoAccount): string =>
  document({
    Effect: 'Allow',
    Principal: {
      Federated: `arn:aws:iam::${account.id}:saml-provider/AWSSSO_0a1b2c3d4e5f6071_DO_NOT_DELETE`,
    },
    Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
    Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
  });

/** A repository of the company on GitHub, main branch and pull requests. */
export const forGithub = (account: DemoAccount, repository: string): string =>
  document(
    webIdentity(providerArn(account, GITHUB), {
      StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
      StringLike: { [`${GITHUB}:sub`]: `repo:bramble/${repository}:*` },
    }),
  );

/** The role that podtrust reads other accounts with. */
export const forPodtrust = (hub: DemoAccount): string =>
  document({
    Effect: 'Allow',
    Principal: { AWS: roleArn(hub, 'podtrust') },
    Action: 'sts:AssumeRole',
  });
