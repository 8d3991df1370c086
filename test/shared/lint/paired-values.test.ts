import { describe, expect, it } from 'vitest';
import { linted, told } from '../../support/lint.ts';

/** A template whose role takes provider and issuer from where each is said to be. */
const template = (condition: string, federated = '${ProviderArn}', issuer = '${Issuer}') =>
  JSON.stringify({
    Parameters: { ProviderArn: { Type: 'String' }, Issuer: { Type: 'String' } },
    Resources: {
      Reader: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            'Fn::Sub': `{"Statement": [{"Effect": "Allow", "Principal": {"Federated": "${federated}"},
              "Action": "sts:AssumeRoleWithWebIdentity", "Condition": ${condition.replaceAll('ISSUER', issuer)}}]}`,
          },
        },
      },
    },
  });
const rulesOf = (text: string) => told(text).map((line) => line.split(' ')[0]);
const EXACT =
  '{"StringEquals": {"ISSUER:sub": "system:serviceaccount:shop:cart", "ISSUER:aud": "sts.amazonaws.com"}}';

describe('provider and issuer as two parameters are those of one cluster', () => {
  it.each<[string, string, string[]]>([
    ['what is right', EXACT, []],
    [
      'a wildcard that admits every namespace',
      '{"StringLike": {"ISSUER:sub": "system:serviceaccount:*:*"}, "StringEquals": {"ISSUER:aud": "sts.amazonaws.com"}}',
      ['no-wildcard-subject'],
    ],
    ['a wildcard that is literal', EXACT.replace('shop:cart', 'shop:*'), ['no-literal-wildcard']],
    ['a subject that is none', EXACT.replace('shop:cart', 'shop/cart'), ['no-malformed-subject']],
  ])('%s is judged as where both are written out', (_name, condition, rules) => {
    expect(rulesOf(template(condition))).toEqual(rules);
    const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
    const written = template(condition, `arn:aws:iam::111122223333:oidc-provider/${issuer}`, issuer);
    expect(rulesOf(written)).toEqual(rules);
  });

  it('is shown by the names of the parameters', () => {
    const [finding] = linted(template(EXACT.replace('shop:cart', 'shop:*'))).findings;
    expect(JSON.stringify(finding)).not.toMatch(/podtrust-unresolved|000000000000/);
  });

  it('is not taken for granted where the policy has two providers', () => {
    const both = template(EXACT.replace('shop:cart', 'shop:*')).replace(
      '\\"Federated\\": \\"${ProviderArn}\\"',
      '\\"Federated\\": [\\"${ProviderArn}\\", \\"arn:aws:iam::111122223333:oidc-provider/b.example/x\\"]',
    );
    expect(both).toContain('b.example');
    expect(rulesOf(both)).toEqual([]);
  });
});

describe('a provider that is open beside keys that are written out is that of the keys', () => {
  const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
  const WILDCARD = EXACT.replace('shop:cart', 'shop:*');

  it.each<[string, string, string]>([
    ['the whole provider', '${ProviderArn}', ISSUER],
    ['its issuer', 'arn:aws:iam::111122223333:oidc-provider/${Issuer}', ISSUER],
    ['the keys', `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`, '${Issuer}'],
  ])('%s', (_name, federated, issuer) => {
    expect(rulesOf(template(WILDCARD, federated, issuer))).toEqual(['no-literal-wildcard']);
    expect(rulesOf(template(EXACT, federated, issuer))).toEqual([]);
  });

  it('but of no other issuer than one of EKS, whose keys are called by it', () => {
    expect(rulesOf(template(WILDCARD, '${ProviderArn}', 'issuer.example/x'))).toEqual([]);
  });
});

describe('a stack is in the account of the only provider of EKS that its roles trust', () => {
  const template = (...accounts: readonly string[]) =>
    JSON.stringify({
      Resources: {
        ...Object.fromEntries(
          accounts.map((account, index) => [
            `R${index}`,
            {
              Type: 'AWS::IAM::Role',
              Properties: {
                AssumeRolePolicyDocument: {
                  Statement: {
                    Effect: 'Allow',
                    Action: 'sts:AssumeRoleWithWebIdentity',
                    Principal: {
                      Federated: `arn:aws:iam::${account}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF`,
                    },
                    Condition: { StringEquals: { 'a:b': 'c' } },
                  },
                },
              },
            },
          ]),
        ),
        A: {
          Type: 'AWS::EKS::PodIdentityAssociation',
          Properties: {
            ClusterName: 'c',
            Namespace: 'a',
            ServiceAccount: 'b',
            RoleArn: { 'Fn::GetAtt': ['R0', 'Arn'] },
          },
        },
      },
    });

  it('so that an association is judged with its role', () => {
    expect(rulesOf(template('111122223333'))).toContain('no-untrusted-association');
  });

  it('and of no account that is known where there are two', () => {
    expect(rulesOf(template('111122223333', '444455556666'))).not.toContain('no-untrusted-association');
  });
});
