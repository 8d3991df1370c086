import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { compare } from '../../../shared/iam/compare.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { fix } from '../../../shared/lint/fix.ts';
import { LINT_OPTIONS, linted } from '../../support/lint.ts';

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;

/** A provider that accepts more than STS's audience: then a trust without a condition on it is open. */
const snapshot: Snapshot = {
  schemaVersion: 1,
  takenAt: '2026-11-22T09:00:00Z',
  accounts: [
    {
      id: '111122223333',
      partition: 'aws',
      oidcProviders: [{ arn: PROVIDER, url: ISSUER, clientIds: ['sts.amazonaws.com', 'vault'] }],
    },
  ],
  coverage: [],
};
const options = { ...LINT_OPTIONS, snapshot, place: { account: '111122223333', region: 'eu-west-1' } };

const POLICY = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid":    "Pods",
            "Effect": "Allow",
            "Principal": { "Federated": "${PROVIDER}" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "${ISSUER}:sub": "system:serviceaccount:shop:checkout"
                }
            }
        },
        { "Effect": "Allow", "Principal": { "AWS": ["AROAEXAMPLEEXAMPLEEXA", "arn:aws:iam::111122223333:role/ci"] }, "Action": "sts:AssumeRole" }
    ]
}
`;

const YAML = `Resources:
  Checkout:
    Type: AWS::IAM::Role
    Properties:
      RoleName: checkout # the shop's
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          # Pods of one ServiceAccount.
          - Effect: Allow
            Principal:
              Federated: ${PROVIDER}
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals:
                ${ISSUER}:sub: system:serviceaccount:shop:checkout # the one
          # The deployment.
          - Effect: Allow
            Principal:
              AWS:
                - AROAEXAMPLEEXAMPLEEXA # somebody who is gone
                - arn:aws:iam::111122223333:role/ci
            Action: sts:AssumeRole
`;

describe('fix', () => {
  it.each([
    ['a trust policy', 'trust.json', POLICY],
    ['a template in YAML', 'template.yaml', YAML],
    ['a template in JSON', 'template.json', template(JSON.parse(POLICY))],
  ])('mends %s, admits nobody new, and finds nothing more to mend', (_kind, name, text) => {
    const { text: changed, fixes } = fix(name, text, options);
    expect(fixes.map(({ rule }) => rule).sort()).toEqual(['no-degraded-principal', 'use-audience-condition']);
    const [before, after] = [text, changed].map(
      (one) => [...linted(one, options, name).trusts.values()][0]!.text,
    );
    const { relation } = compare(parsePolicy(before!, 'trust').policy!, parsePolicy(after!, 'trust').policy!);
    expect(['equal', 'tightened']).toContain(relation);
    expect(fix(name, changed, options)).toEqual({ text: changed, fixes: [] });
  });

  it('keeps layout and comments, and changes only what it has to', () => {
    const { text } = fix('template.yaml', YAML, options);
    const lines = (one: string) => one.split('\n');
    const gone = lines(YAML).filter((line) => !lines(text).includes(line));
    const come = lines(text).filter((line) => !lines(YAML).includes(line));
    expect(gone).toEqual([
      '                - AROAEXAMPLEEXAMPLEEXA # somebody who is gone',
      '                - arn:aws:iam::111122223333:role/ci',
    ]);
    expect(come).toEqual([
      `                "${ISSUER}:aud": "sts.amazonaws.com"`,
      '                "arn:aws:iam::111122223333:role/ci"',
    ]);
  });

  it.each<[string, string]>([
    ['a repair that admits somebody', POLICY.replace('shop:checkout', 'shop:*')],
    ['what is no JSON', '{\n  // a comment\n}'],
    [
      'a policy inside a text',
      template({ 'Fn::Sub': POLICY.replace('shop:checkout', '$' + '{Namespace}:checkout') }),
    ],
    [
      'a policy with functions in it',
      YAML.replace(
        PROVIDER,
        PROVIDER.replace('arn:aws:iam::111122223333', `!Sub arn:aws:iam::$${'{AWS::AccountId}'}`),
      ),
    ],
  ])('leaves %s alone', (what, text) => {
    const rules = what.startsWith('a repair')
      ? options.rules.filter(({ name }) => name === 'no-literal-wildcard')
      : options.rules;
    expect(fix('file.json', text, { ...options, rules })).toEqual({ text, fixes: [] });
  });
});

function template(trust: unknown): string {
  const Properties = { RoleName: 'r', AssumeRolePolicyDocument: trust };
  return JSON.stringify({ Resources: { R: { Type: 'AWS::IAM::Role', Properties } } }, null, 4);
}
