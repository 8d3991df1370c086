import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { compare } from '../../../shared/iam/compare.ts';
import { parsePolicy } from '../../../shared/iam/parse.ts';
import { fix } from '../../../shared/lint/fix.ts';
import { LINT_OPTIONS, linted } from '../../support/lint.ts';

const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;

/**
 * A provider that accepts more than STS's audience: then a trust without a condition on it is open. And a policy in which
 * IAM shows the id of a principal that was deleted.
 */
const snapshot: Snapshot = {
  schemaVersion: 1,
  takenAt: '2026-11-22T09:00:00Z',
  accounts: [
    {
      id: '111122223333',
      partition: 'aws',
      oidcProviders: [{ arn: PROVIDER, url: ISSUER, clientIds: ['sts.amazonaws.com', 'vault'] }],
    },
    {
      id: '222233334444',
      partition: 'aws',
      roles: [
        {
          arn: 'arn:aws:iam::222233334444:role/old',
          trustPolicy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: ['AROAEXAMPLEEXAMPLEEXA', 'AIDACKCEVSQ6C2EXAMPLE'] },
                Action: 'sts:AssumeRole',
              },
            ],
          }),
        },
      ],
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
    expect(gone).toEqual(['                - AROAEXAMPLEEXAMPLEEXA # somebody who is gone']);
    expect(come).toEqual([`                "${ISSUER}:aud": "sts.amazonaws.com"`]);
  });

  it('takes a statement out and an id out of another, with their lines and nothing else', () => {
    const policy = `Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          # the platform team, do not touch (SEC-1)
          - Effect: Allow
            Principal:
              AWS:
                - arn:aws:iam::111122223333:root   # ours
                - AIDACKCEVSQ6C2EXAMPLE # old bob
                # keep this one
                - arn:aws:iam::222233334444:root
            Action: sts:AssumeRole
          # batch
          - Effect: Allow
            Principal: {AWS: AROAEXAMPLEEXAMPLEEXA}  # gone?
            Action: sts:AssumeRole
          # data
          - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
`;
    const goes = / +- AIDA.*\n| +- Effect: Allow\n +Principal: \{AWS: AROA.*\n.*\n/g;
    expect(fix('template.yaml', policy, options)).toMatchObject({
      text: policy.replace(goes, ''),
      fixes: [{ rule: 'no-degraded-principal', proof: 'equal' }],
    });
  });

  it('does not touch the layout of a statement beside the one that goes', () => {
    const policy = `{"Version":"2012-10-17","Statement":[
 {"Sid":"A","Effect":"Allow","Principal":{"AWS":"AROAEXAMPLEEXAMPLEEXA"},"Action":"sts:AssumeRole"},
 {"Sid":"B","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`;
    const { text } = fix('trust.json', policy, options);
    expect(text).toBe(policy.replace(/\{"Sid":"A".*\n /, ''));
  });

  it('takes no id out that IAM was not seen to show: it may be of somebody who lives', () => {
    const { findings } = linted(POLICY, LINT_OPTIONS, 'deploy.json');
    const found = findings.find(({ rule }) => rule === 'no-degraded-principal');
    expect(found?.message).toBe(
      'The trust policy of deploy names AROAEXAMPLEEXAMPLEEXA by unique id, as IAM shows a principal that was deleted; a file does not tell whether it still lives.',
    );
    expect(found?.remedy).toMatch(/^Name a principal that lives by its ARN; of one that was deleted remove/);
    for (const without of [null, { ...snapshot, accounts: snapshot.accounts.slice(0, 1) }]) {
      const { text, fixes } = fix('deploy.json', POLICY, { ...options, snapshot: without });
      expect(text).toContain('AROAEXAMPLEEXAMPLEEXA');
      expect(fixes.map(({ rule }) => rule)).not.toContain('no-degraded-principal');
    }
    const proven = linted(POLICY, options, 'deploy.json').findings.find(({ rule }) => rule === found?.rule);
    expect(proven?.message).toMatch(/names AROAEXAMPLEEXAMPLEEXA, a principal that was deleted\.$/);
  });

  it('takes a policy that two roles share as it is: what is proven of one is not of the other', () => {
    const shared = YAML.replace('Document:', 'Document: &trust').concat(`  Other:
    Type: AWS::IAM::Role
    Properties: {RoleName: other, AssumeRolePolicyDocument: *trust}
`);
    expect(fix('template.yaml', shared, options)).toEqual({ text: shared, fixes: [] });
  });

  it('judges a file as often for many roles as for one', () => {
    const judged = (roles: number) => {
      let times = 0;
      const counting = options.rules.map((rule) => ({
        ...rule,
        judge: (...given: Parameters<typeof rule.judge>) => {
          times += rule.name === 'no-degraded-principal' ? 1 : 0;
          return rule.judge(...given);
        },
      }));
      const policies = Array.from({ length: roles }, () => JSON.parse(POLICY));
      const { fixes } = fix('many.json', template(...policies), { ...options, rules: counting });
      expect(fixes).toHaveLength(2 * roles);
      return times;
    };
    expect(judged(20)).toBe(judged(2));
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

function template(...trusts: readonly unknown[]): string {
  const roles = trusts.map((trust, index) => [
    `R${index}`,
    { Type: 'AWS::IAM::Role', Properties: { RoleName: `r${index}`, AssumeRolePolicyDocument: trust } },
  ]);
  return JSON.stringify({ Resources: Object.fromEntries(roles) }, null, 4);
}
