import { describe, expect, it } from 'vitest';
import { linted } from '../../support/lint.ts';

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

const trust = (federated: unknown, condition: unknown) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: federated },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: condition },
    },
  ],
});

const claims = (issuer: string, subject: string) => ({
  [`${issuer}:aud`]: 'sts.amazonaws.com',
  [`${issuer}:sub`]: subject,
});

const role = (document: unknown) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: document },
});

const template = (Resources: object) => JSON.stringify({ Resources }, null, 2);

const rulesIn = (text: string, account?: string) =>
  linted(text, account === undefined ? {} : { place: { account } }).findings.map(({ rule }) => rule);

describe('a role that the plan of Terraform is yet to make', () => {
  const plan = JSON.stringify({
    format_version: '1.2',
    planned_values: {
      root_module: {
        resources: [
          {
            address: 'aws_iam_role.cart',
            mode: 'managed',
            type: 'aws_iam_role',
            name: 'cart',
            values: {
              name: 'cart',
              assume_role_policy: JSON.stringify(
                trust(
                  `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`,
                  claims(ISSUER, 'system:serviceaccount:shop:*'),
                ),
              ),
            },
          },
        ],
      },
    },
  });

  it('is taken to be in the account of its provider, since it could use no other', () => {
    expect(rulesIn(plan)).toEqual(['no-literal-wildcard']);
  });

  it('is in the account that was told', () => {
    expect(rulesIn(plan, '111122223333')).toEqual(['no-literal-wildcard']);
    expect(rulesIn(plan, '444455556666')).not.toContain('no-literal-wildcard');
  });
});

describe('conditions that the CDK hands through a custom resource', () => {
  const issuer = { 'Fn::Select': [1, { 'Fn::Split': [':oidc-provider/', { Ref: 'Provider' }] }] };
  const written = (subject: string) =>
    template({
      Condition: {
        Type: 'Custom::AWSCDKCfnJson',
        Properties: {
          Value: {
            'Fn::Join': [
              '',
              [
                '{"',
                issuer,
                ':aud":"sts.amazonaws.com","',
                issuer,
                `:sub":"system:serviceaccount:${subject}"}`,
              ],
            ],
          },
        },
      },
      Role: role(trust({ Ref: 'Provider' }, { 'Fn::GetAtt': ['Condition', 'Value'] })),
    });

  it('are read as the conditions that they become', () => {
    expect(rulesIn(written('shop:cart'))).toEqual([]);
    expect(rulesIn(written('shop:*'))).toEqual(['no-literal-wildcard']);
  });

  it('are at their place in the file', () => {
    const text = written('shop:*');
    const [finding] = linted(text).findings;
    expect(text.split('\n')[(finding?.line ?? 0) - 1]).toContain('system:serviceaccount:shop:*');
  });
});

describe('a provider that is a parameter as a whole', () => {
  const provider = { Ref: 'ProviderArn' };
  const split = { 'Fn::Select': [1, { 'Fn::Split': ['oidc-provider/', provider] }] };
  const block = (subject: string) => ({
    'Fn::Sub': [
      JSON.stringify(trust(`\${Arn}`, claims(`\${Issuer}`, subject))),
      { Arn: provider, Issuer: split },
    ],
  });

  it('is taken for the ARN of one', () => {
    expect(rulesIn(template({ Role: role(block('system:serviceaccount:shop:cart')) }))).toEqual([]);
    expect(rulesIn(template({ Role: role(block('system:serviceaccount:shop:*')) }))).toEqual([
      'no-literal-wildcard',
    ]);
  });
});

it('a key with a placeholder in it is told as such, not as the value that it looks like', () => {
  const provider = { 'Fn::Sub': `arn:aws:iam::111122223333:oidc-provider/\${Issuer}` };
  const text = template({
    Role: role(trust(provider, claims(`\${Issuer}`, 'system:serviceaccount:shop:cart'))),
  });
  const [finding] = linted(text).findings;
  expect(finding?.rule).toBe('no-mismatched-condition-key');
  expect(finding?.message).toContain('it holds a placeholder that was never filled in');
});
