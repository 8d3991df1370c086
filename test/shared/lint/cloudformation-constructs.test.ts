import { describe, expect, it } from 'vitest';
import { linted, told } from '../../support/lint.ts';

const rules = (text: string) => told(text).map((one) => one.split(' ')[0]);
const openIn = (text: string) =>
  linted(text).undecided.flatMap(({ reason }) => /^(.*) is left open:/.exec(reason)?.[1] ?? []);
const role = (statement: string) => `
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [ ${statement} ]
`;

describe('a dynamic reference is a value that is left open', () => {
  it.each<[string, string]>([
    [
      'as the principal of an access entry',
      `Resources: {E: {Type: 'AWS::EKS::AccessEntry', Properties: {ClusterName: c, PrincipalArn: '{{resolve:ssm:/admin}}', AccessPolicies: [{PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy', AccessScope: {Type: cluster}}]}}}`,
    ],
    [
      'as a provider',
      `Resources:
  R:${role(`{Effect: Allow, Principal: {Federated: '{{resolve:ssm:/oidc:3}}'}, Action: 'sts:AssumeRoleWithWebIdentity', Condition: {StringEquals: {'x:sub': y}}}`)}`,
    ],
    [
      'as an account, put together',
      `Parameters: {Stage: {Type: String}}
Resources:
  R:${role("{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::{{resolve:ssm:/${Stage}/account}}:root'}, Action: 'sts:AssumeRole', Condition: {StringEquals: {'sts:ExternalId': x}}}")}`,
    ],
  ])('%s', (_name, text) => {
    expect(rules(text)).toEqual([]);
    expect(openIn(text).some((name) => /^\{\{resolve:ssm:.*\}\}$/.test(name))).toBe(true);
  });

  it('is named as the file has it', () => {
    const text = `Parameters: {Stage: {Type: String}}
Resources:
  R:${role("{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::{{resolve:ssm:/${Stage}/account}}:root'}, Action: 'sts:AssumeRole'}")}`;
    expect(openIn(text)).toContain('{{resolve:ssm:/${Stage}/account}}');
  });
});

const loop = (collection: string, rest = '') => `Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'cart,checkout'}}
Resources:
  Fn::ForEach::Roles:
    - Name
    - ${collection}
    - Role\${Name}:
        Type: AWS::IAM::Role
        Properties:
          RoleName: !Sub 'pod-\${Name}'
          AssumeRolePolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Principal: {AWS: '*'}
                Action: sts:AssumeRole
${rest}`;

describe('a loop is written out', () => {
  it('over the names that it gives', () => {
    const { findings } = linted(loop('[cart, a-b]'));
    expect(findings.map(({ rule, message, line }) => [rule, message.split(' ')[0], line])).toEqual([
      ['no-public-trust', 'pod-cart', 15],
      ['no-public-trust', 'pod-a-b', 15],
    ]);
  });

  it('over a parameter, for a name that is left open', () => {
    const { findings } = linted(loop('!Ref Names'));
    expect(findings.map(({ rule, message }) => [rule, message.split(' can ')[0]])).toEqual([
      ['no-public-trust', 'pod-${Name of Fn::ForEach::Roles}'],
    ]);
    expect(openIn(loop('!Ref Names'))).toEqual(['Name of Fn::ForEach::Roles'].map((name) => `\${${name}}`));
  });

  it('whose resources others refer to, by letters and digits only where the loop says so', () => {
    const text = `Resources:
  Fn::ForEach::Associations:
    - Name
    - [a.b]
    - Association&{Name}:
        Type: AWS::EKS::PodIdentityAssociation
        Properties: {ClusterName: c, Namespace: shop, ServiceAccount: !Ref Name, RoleArn: !GetAtt 'Role&{Name}.Arn'}
  Roleab:${role("{Effect: Allow, Principal: {Service: pods.eks.amazonaws.com}, Action: 'sts:AssumeRole'}")}`;
    expect(
      linted(text)
        .findings.map(({ message }) => message)
        .join('\n'),
    ).toContain('shop/a.b');
    expect(rules(text)).toContain('no-untrusted-association');
  });

  it('within another loop', () => {
    const text = `Resources:
  Fn::ForEach::Teams:
    - Team
    - [a, b]
    - Fn::ForEach::Stages:
        - Stage
        - [dev, prod]
        - Association\${Team}\${Stage}:
            Type: AWS::EKS::PodIdentityAssociation
            Properties: {ClusterName: c, Namespace: !Sub '\${Team}-\${Stage}', ServiceAccount: default, RoleArn: 'arn:aws:iam::111122223333:role/x'}
`;
    const namespaces = linted(text).findings.map(({ message }) => /pod of (\S+)/.exec(message)?.[1]);
    expect(namespaces).toEqual(['a-dev', 'a-prod', 'b-dev', 'b-prod']);
  });

  it('that is none is left as what the template does not tell', () => {
    const reasons = linted('Resources: {"Fn::ForEach::X": [a], R: {Type: AWS::S3::Bucket}}').undecided;
    expect(reasons.map(({ reason }) => reason)).toEqual([
      'Fn::ForEach::X: the template does not tell the resources that it stands for',
    ]);
  });
});

it.each<[string, string]>([
  ['a macro', 'Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}'],
  ['a module', 'M: {Type: My::Pods::Role::MODULE, Properties: {}}'],
  ['a nested stack', "M: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://x/y.yaml'}}"],
  ['stacks in other accounts', 'M: {Type: AWS::CloudFormation::StackSet, Properties: {StackSetName: x}}'],
  ['an application', 'M: {Type: AWS::Serverless::Application, Properties: {Location: y.yaml}}'],
  [
    'a product',
    'M: {Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct, Properties: {ProductName: x}}',
  ],
])('resources of %s are undecided', (_name, resource) => {
  const { findings, undecided } = linted(`Resources:\n  R: {Type: AWS::S3::Bucket}\n  ${resource}\n`);
  expect(findings).toEqual([]);
  expect(undecided.map(({ reason }) => reason).join()).toContain('does not tell the resources');
});

it.each<[string, string, string[]]>([
  ['a macro', 'Transform: Roles', ['Roles']],
  ['a macro among those of AWS', 'Transform: [AWS::LanguageExtensions, Roles]', ['Roles']],
  ['what AWS includes', 'Transform: {Name: AWS::Include, Parameters: {Location: x}}', ['AWS::Include']],
  ['what has no name', 'Transform: [{Ref: X}]', ['a macro']],
  ['those of AWS alone', 'Transform: AWS::Serverless-2016-10-31', []],
])('the Transform of a template leaves open what it makes: %s', (_name, transform, expected) => {
  const { undecided } = linted(`AWSTemplateFormatVersion: '2010-09-09'\n${transform}\nResources: {}\n`);
  expect(undecided.map(({ reason }) => reason)).toEqual(
    expected.map((name) => `Transform: the template does not tell what ${name} makes of it`),
  );
});

describe('what the CDK makes by custom resources is read as what it makes', () => {
  const issuerOf = { 'Fn::Select': [1, { 'Fn::Split': [':oidc-provider/', { Ref: 'Provider' }] }] };
  const cdk = (subject: string, manifests: readonly object[], clientIds = ['sts.amazonaws.com']) =>
    JSON.stringify({
      Resources: {
        Cluster: {
          Type: 'Custom::AWSCDK-EKS-Cluster',
          Properties: { Config: { name: 'shop', accessConfig: { authenticationMode: 'CONFIG_MAP' } } },
        },
        Provider: {
          Type: 'Custom::AWSCDKOpenIdConnectProvider',
          Properties: {
            ClientIDList: clientIds,
            Url: { 'Fn::GetAtt': ['Cluster', 'OpenIdConnectIssuerUrl'] },
          },
        },
        Condition: {
          Type: 'Custom::AWSCDKCfnJson',
          Properties: {
            Value: {
              'Fn::Join': [
                '',
                ['{"', issuerOf, ':aud":"sts.amazonaws.com","', issuerOf, `:sub":"${subject}"}`],
              ],
            },
          },
        },
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: [
                {
                  Effect: 'Allow',
                  Action: 'sts:AssumeRoleWithWebIdentity',
                  Principal: { Federated: { Ref: 'Provider' } },
                  Condition: { StringEquals: { 'Fn::GetAtt': ['Condition', 'Value'] } },
                },
              ],
            },
          },
        },
        Manifest: {
          Type: 'Custom::AWSCDK-EKS-KubernetesResource',
          Properties: {
            ClusterName: { Ref: 'Cluster' },
            Manifest: {
              'Fn::Join': [
                '',
                JSON.stringify(manifests)
                  .split('ROLE')
                  .flatMap((part, index) =>
                    index === 0 ? [part] : [{ 'Fn::GetAtt': ['Role', 'Arn'] }, part],
                  ),
              ],
            },
          },
        },
      },
    });
  const account = (name: string) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'shop', annotations: { 'eks.amazonaws.com/role-arn': 'ROLE' } },
  });
  const awsAuth = (data: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'aws-auth', namespace: 'kube-system' },
    data,
  });

  it.each<[string, string, string[]]>([
    [
      'the issuer, its role and the ServiceAccount fit',
      cdk('system:serviceaccount:shop:cart', [account('cart')]),
      ['use-access-entries'],
    ],
    [
      'the ServiceAccount has another name',
      cdk('system:serviceaccount:shop:carts', [account('cart')]),
      ['use-access-entries', 'no-untrusted-service-account'],
    ],
    [
      'the ServiceAccount is that of every pod',
      cdk('system:serviceaccount:shop:default', [account('default')]),
      ['use-access-entries', 'no-default-service-account-role'],
    ],
    [
      'aws-auth maps an account',
      cdk('system:serviceaccount:shop:cart', [account('cart'), awsAuth({ mapAccounts: '["444455556666"]' })]),
      ['use-access-entries', 'no-account-mapping'],
    ],
  ])('%s', (_name, text, expected) => {
    expect([...rules(text)].sort()).toEqual([...expected].sort());
  });

  it('manifests that the template does not tell are undecided', () => {
    const text = cdk('system:serviceaccount:shop:cart', []).replace('"Fn::Join":["",["[]"]]', '"Ref":"Text"');
    expect(linted(text).undecided.map(({ reason }) => reason)).toContain(
      'Manifest: the template does not tell its manifests',
    );
  });

  it('no issuer is made up in what is said', () => {
    const { findings } = linted(cdk('system:serviceaccount:shop:carts', [account('cart')]));
    const words = findings.map(({ message, remedy }) => `${message} ${remedy}`).join('\n');
    expect(words).not.toMatch(/oidc\.eks/);
    expect(words).toContain('${Cluster.OpenIdConnectIssuer}');
  });
});

it('a name that was meant for Fn::Sub is not shown as its value', () => {
  const text = `Parameters: {Oidc: {Type: String}}
Resources:
  R:${role('{Effect: Allow, Principal: {Federated: !Sub "arn:aws:iam::111122223333:oidc-provider/${Oidc}"}, Action: "sts:AssumeRoleWithWebIdentity", Condition: {StringEquals: {"${Oidc}:sub": "system:serviceaccount:a:b"}}}')}`;
  const [found] = linted(text).findings;
  expect(found?.rule).toBe('no-mismatched-condition-key');
  expect(found?.message).toContain('"${Oidc}:sub" is never in the request');
  expect(found?.message).toContain('It should be "(the value of Oidc):sub"');
});
