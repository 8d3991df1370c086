import { describe, expect, it } from 'vitest';
import type { Account, Snapshot } from '../../../shared/estate/snapshot.ts';
import { diagnoseTrust } from '../../../shared/identity/diagnose.ts';
import {
  ACCOUNT,
  allow,
  doc,
  equals,
  HOST,
  ID,
  ISSUER,
  keys,
  like,
  OLD,
  provider,
  STS,
  type Statement,
  SUBJECT,
  WEB,
} from '../audit/trust-cases.ts';
import { account, cluster, estate, oidc, role } from './estate-fixture.ts';

const OLD_ISSUER = `${HOST}/id/${OLD}`;
const OTHER = `${HOST}/id/AAAABBBBCCCCDDDDEEEEFFFF00001111`;
const ns = (text: string) => `system:serviceaccount:${text}`;
const from = (issuer: string, sub: unknown = SUBJECT): Statement =>
  allow(equals(sub, STS, issuer), { Principal: { Federated: provider(issuer) } });
const github = (host = 'token.actions.githubusercontent.com', sub = 'repo:org/x:*'): Statement => ({
  Effect: 'Allow',
  Principal: { Federated: provider(host) },
  Action: WEB,
  Condition: { StringEquals: { [`${host}:aud`]: STS }, StringLike: { [`${host}:sub`]: sub } },
});

interface Case {
  readonly name: string;
  readonly trust: string | readonly Statement[];
  readonly account?: Partial<Account>;
  readonly estate?: Partial<Snapshot>;
  readonly others?: readonly Account[];
  readonly roleTags?: Record<string, string>;
  readonly roleName?: string;
  readonly faults?: readonly string[];
  readonly undecided?: readonly string[];
  /** What the first fault's detail has to say. */
  readonly says?: RegExp;
}

const two = (...more: ReturnType<typeof cluster>[]) => ({
  regions: [{ name: 'eu-west-1', clusters: [cluster(), ...more] }],
});
/** A cluster that was made after the provider of an issuer that no cluster of the account has. */
const younger = {
  oidcProviders: [oidc(), oidc(OLD_ISSUER, { created: '2026-01-01T00:00:00Z' })],
  regions: [{ name: 'eu-west-1', clusters: [cluster({ created: '2026-10-01T00:00:00Z' })] }],
};

const complete: Partial<Snapshot> = { organization: { complete: true } };
const stage = cluster({ name: 'stage', issuer: `https://${OTHER}` });
const sound = from(ISSUER);

const CASES: readonly Case[] = [
  // Silence
  { name: 'a sound policy', trust: [sound] },
  { name: 'a pattern', trust: [allow(like(ns('shop:*')))] },
  { name: 'no conditions at all', trust: [allow()] },
  {
    name: 'a GitHub role',
    trust: [github()],
    account: { oidcProviders: [oidc(), oidc('token.actions.githubusercontent.com')] },
  },
  { name: 'a GitHub role without its provider', trust: [github()] },
  {
    name: 'a GitHub wildcard under StringEquals',
    trust: [
      allow(
        { StringEquals: { 'token.actions.githubusercontent.com:sub': 'repo:org/*' } },
        { Principal: { Federated: provider('token.actions.githubusercontent.com') } },
      ),
    ],
  },
  { name: 'Terraform Cloud', trust: [github('app.terraform.io', 'organization:x:project:y:*')] },
  { name: 'GitLab', trust: [github('gitlab.com', 'project_path:x/y:*')] },
  {
    name: 'Cognito',
    trust: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: WEB,
        Condition: {
          StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:1' },
          'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
        },
      },
    ],
  },
  {
    name: 'Google',
    trust: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'accounts.google.com' },
        Action: WEB,
        Condition: { StringEquals: { 'accounts.google.com:aud': '1' } },
      },
    ],
  },
  {
    name: 'SAML',
    trust: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/x` },
        Action: 'sts:AssumeRoleWithSAML',
        Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
      },
    ],
  },
  {
    name: 'EC2',
    trust: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  },
  {
    name: 'another account',
    trust: [
      {
        Effect: 'Allow',
        Principal: { AWS: '444455556666' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'x' } },
      },
    ],
  },
  {
    name: 'IRSA and Pod Identity together',
    trust: [
      sound,
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
      },
    ],
  },
  { name: 'TagSession in a statement of its own', trust: [sound, { ...allow(), Action: 'sts:TagSession' }] },
  {
    name: 'blue and green, both there',
    trust: [sound, from(OTHER)],
    account: { ...two(stage), oidcProviders: [oidc(), oidc(OTHER)] },
  },
  {
    name: 'a leftover of a former cluster beside the new one',
    trust: [from(OLD_ISSUER), sound],
    roleName: 'prod-app',
  },
  {
    name: 'a leftover whose provider is still there',
    trust: [from(OLD_ISSUER), sound],
    account: { oidcProviders: [oidc(), oidc(OLD_ISSUER)] },
    estate: complete,
    roleName: 'prod-app',
  },
  { name: 'a list of subjects', trust: [allow(equals([SUBJECT, ns('shop:web')]))] },
  { name: 'a list of audiences of which one is right', trust: [allow(equals(SUBJECT, ['x', STS]))] },
  {
    name: 'a slip beside the right spelling',
    trust: [allow(equals(['system:serviceaccounts:shop:api', SUBJECT]))],
  },
  {
    name: 'IfExists over the keys of two providers',
    trust: [
      allow(
        { StringEqualsIfExists: { ...keys(SUBJECT), ...keys(SUBJECT, STS, OTHER) } },
        { Principal: { Federated: [provider(), provider(OTHER)] } },
      ),
    ],
    account: { ...two(stage), oidcProviders: [oidc(), oidc(OTHER)] },
  },
  {
    name: 'a source address decides',
    trust: [allow({ StringEquals: keys(SUBJECT), IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })],
  },
  {
    name: 'a Deny of someone',
    trust: [allow(like(ns('*:*'))), { ...allow(like(ns('kube-system:*'))), Effect: 'Deny' }],
  },
  { name: 'negated operators', trust: [allow({ StringNotLike: { [`${ISSUER}:sub`]: ns('kube-*:*') } })] },
  { name: 'condition keys in lower case', trust: [allow(equals(SUBJECT, STS, ISSUER.toLowerCase()))] },
  {
    name: 'an element in another case, which IAM forgives',
    trust: JSON.stringify({ version: '2012-10-17', statement: [sound] }),
  },
  {
    name: 'a self-hosted issuer',
    trust: [from('s3.amazonaws.com/bucket')],
    account: { oidcProviders: [oidc(), oidc('s3.amazonaws.com/bucket')] },
  },
  {
    name: 'a self-hosted issuer with a custom audience',
    trust: [
      allow(equals(SUBJECT, 'my-aud', 's3.amazonaws.com/b'), {
        Principal: { Federated: provider('s3.amazonaws.com/b') },
      }),
    ],
    account: { oidcProviders: [oidc('s3.amazonaws.com/b', { clientIds: ['my-aud'] })] },
    undecided: ['no-wrong-audience'],
  },
  {
    name: 'the cluster of another account',
    trust: [from(OTHER)],
    account: { oidcProviders: [oidc(), oidc(OTHER)] },
    others: [
      {
        id: '444455556666',
        partition: 'aws',
        roles: [],
        oidcProviders: [],
        regions: [{ name: 'eu-west-1', clusters: [stage] }],
      },
    ],
  },
  {
    name: 'Principal * is a matter of the open rules',
    trust: [{ Effect: 'Allow', Principal: '*', Action: WEB, Condition: equals('x') }],
  },
  {
    name: 'the provider is missing while the cluster is made',
    trust: [sound],
    account: {
      oidcProviders: [],
      regions: [{ name: 'eu-west-1', clusters: [cluster({ status: 'CREATING' })] }],
    },
  },

  // Faults
  { name: 'no JSON', trust: '{', faults: ['no-invalid-trust-policy'] },
  {
    name: 'a block of conditions twice, of which IAM keeps the last',
    trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"${provider()}"},"Action":"${WEB}","Condition":{"StringEquals":{"${ISSUER}:sub":"${SUBJECT}"},"StringEquals":{"${ISSUER}:aud":"${STS}"}}}]}`,
    faults: ['no-invalid-trust-policy'],
    says: /StringEquals/,
  },
  {
    name: 'the provider of the cluster is not there',
    trust: [sound],
    account: { oidcProviders: [] },
    faults: ['use-iam-oidc-provider'],
  },
  {
    name: 'the provider is there in another case',
    trust: [sound],
    account: { oidcProviders: [oidc(`${HOST}/id/${ID.toLowerCase()}`)] },
    faults: ['use-iam-oidc-provider'],
    says: /near miss/,
  },
  {
    name: 'the provider is there for the dual-stack host',
    trust: [sound],
    account: { oidcProviders: [oidc(`oidc-eks.eu-west-1.api.aws/id/${ID}`)] },
    faults: ['use-iam-oidc-provider'],
    says: /two addresses/,
  },
  {
    name: 'the provider exists in the cluster’s account alone',
    trust: [allow(equals(SUBJECT), { Principal: { Federated: provider(ISSUER, '444455556666') } })],
    account: { oidcProviders: [], regions: [] },
    others: [
      {
        id: '444455556666',
        partition: 'aws',
        roles: [],
        oidcProviders: [oidc(ISSUER, { arn: provider(ISSUER, '444455556666') })],
        regions: [{ name: 'eu-west-1', clusters: [cluster()] }],
      },
    ],
    faults: ['use-iam-oidc-provider'],
  },
  {
    name: 'the ARN names another account',
    trust: [allow(equals(SUBJECT), { Principal: { Federated: provider(ISSUER, '444455556666') } })],
    faults: ['no-unknown-provider'],
    says: /the account is 444455556666/,
  },
  {
    name: 'the ARN names another partition',
    trust: [allow(equals(SUBJECT), { Principal: { Federated: provider(ISSUER, ACCOUNT, 'aws-cn') } })],
    faults: ['no-unknown-provider'],
    says: /partition is aws-cn/,
  },
  {
    name: 'the ARN has the host in another order',
    trust: [from(`oidc.eu-west-1.eks.amazonaws.com/id/${ID}`)],
    faults: ['no-unknown-provider'],
    says: /swapped/,
  },
  {
    name: 'the ARN has another region',
    trust: [from(`oidc.eks.us-east-1.amazonaws.com/id/${ID}`)],
    faults: ['no-unknown-provider'],
    says: /region is us-east-1/,
  },
  {
    name: 'the ARN has an id with a typing mistake',
    trust: [from(`${HOST}/id/${ID.replace('9AB', '9BA')}`)],
    faults: ['no-unknown-provider'],
    says: /2 characters/,
  },
  {
    name: 'the ARN has an id in lower case',
    trust: [from(`${HOST}/id/${ID.toLowerCase()}`)],
    faults: ['no-unknown-provider'],
    says: /case/,
  },
  {
    name: 'a near miss that exists as a provider of its own',
    trust: [from(`${HOST}/id/${ID.toLowerCase()}`)],
    account: { oidcProviders: [oidc(), oidc(`${HOST}/id/${ID.toLowerCase()}`)] },
    faults: ['no-stale-issuer'],
  },
  {
    name: 'an issuer of no cluster, among several clusters',
    trust: [from(OLD_ISSUER)],
    account: two(stage),
    faults: ['no-unknown-provider'],
    undecided: ['no-stale-issuer'],
  },
  {
    name: 'the only cluster of the region has another issuer',
    trust: [from(OLD_ISSUER)],
    faults: ['no-stale-issuer'],
    says: /only cluster/,
  },
  {
    name: 'the role’s tags name a cluster with another issuer',
    trust: [from(OLD_ISSUER)],
    account: two(stage),
    roleTags: { 'alpha.eksctl.io/cluster-name': 'prod' },
    faults: ['no-stale-issuer'],
    says: /tags name cluster prod/,
  },
  {
    name: 'the role’s name names a cluster with another issuer',
    trust: [from(OLD_ISSUER)],
    account: { ...two(stage), oidcProviders: [oidc(), oidc(OTHER)] },
    roleName: 'eksctl-stage-addon-iamserviceaccount-x',
    faults: ['no-stale-issuer'],
    says: /names cluster stage/,
  },
  {
    name: 'a former cluster whose provider is still there, every cluster read',
    trust: [from(OLD_ISSUER)],
    account: { oidcProviders: [oidc(), oidc(OLD_ISSUER)] },
    estate: complete,
    faults: ['no-stale-issuer'],
  },
  {
    name: 'an issuer that may be of a cluster elsewhere',
    trust: [from(OLD_ISSUER)],
    account: { oidcProviders: [oidc(), oidc(OLD_ISSUER)] },
    undecided: ['no-stale-issuer'],
  },
  {
    name: 'an only cluster that is younger than the provider, no other account being known',
    trust: [from(OLD_ISSUER)],
    account: younger,
    faults: ['no-stale-issuer'],
  },
  {
    name: 'an only cluster that is younger than the provider, and an account that was not read',
    trust: [from(OLD_ISSUER)],
    account: younger,
    estate: { coverage: [{ account: '444455556666', read: 'podtrust:collect', reason: 'AccessDenied' }] },
    undecided: ['no-stale-issuer'],
  },
  {
    name: 'an only cluster that is younger than the provider, in an organization that was not read whole',
    trust: [from(OLD_ISSUER)],
    account: younger,
    estate: { organization: { complete: false } },
    undecided: ['no-stale-issuer'],
  },
  {
    name: 'a stale issuer for other subjects than the new statement',
    trust: [from(OLD_ISSUER, ns('shop:web')), sound],
    faults: ['no-stale-issuer'],
  },
  {
    name: 'stale provider, and the new one is not there either',
    trust: [from(OLD_ISSUER)],
    account: { oidcProviders: [] },
    faults: ['use-iam-oidc-provider'],
  },
  {
    name: 'the provider lacks the audience',
    trust: [sound],
    account: { oidcProviders: [oidc(ISSUER, { clientIds: ['sts.amazonaws.com.cn'] })] },
    faults: ['use-sts-audience'],
  },
  {
    name: 'the provider accepts nothing',
    trust: [sound],
    account: { oidcProviders: [oidc(ISSUER, { clientIds: [] })] },
    faults: ['use-sts-audience'],
  },
  {
    name: 'a custom audience that provider and policy share',
    trust: [allow(equals(SUBJECT, 'vault'))],
    account: { oidcProviders: [oidc(ISSUER, { clientIds: [STS, 'vault'] })] },
    undecided: ['no-wrong-audience'],
  },
  {
    name: 'a custom audience that the provider does not accept',
    trust: [allow(equals(SUBJECT, 'vault'))],
    faults: ['no-wrong-audience'],
  },
  {
    name: 'sts:AssumeRole',
    trust: [{ ...sound, Action: 'sts:AssumeRole' }],
    faults: ['no-wrong-assume-action'],
  },
  {
    name: 'https:// in the keys',
    trust: [allow(equals(SUBJECT, STS, `https://${ISSUER}`))],
    faults: ['no-mismatched-condition-key'],
  },
  {
    name: 'keys of another live cluster',
    trust: [allow(equals(SUBJECT, STS, OTHER))],
    account: two(stage),
    faults: ['no-mismatched-condition-key'],
    says: /cluster stage/,
  },
  {
    name: 'keys of a cluster that is gone, its provider left behind',
    trust: [allow(equals(SUBJECT, STS, OLD_ISSUER))],
    account: { oidcProviders: [oidc(), oidc(OLD_ISSUER)] },
    estate: complete,
    faults: ['no-stale-issuer'],
  },
  {
    name: 'two providers with the keys of both',
    trust: [
      allow(
        { StringEquals: { ...keys(SUBJECT), ...keys(SUBJECT, STS, OTHER) } },
        { Principal: { Federated: [provider(), provider(OTHER)] } },
      ),
    ],
    account: { ...two(stage), oidcProviders: [oidc(), oidc(OTHER)] },
    faults: ['no-mismatched-condition-key'],
  },
  {
    name: 'StringEquals with a wildcard',
    trust: [allow(equals(ns('shop:*')))],
    faults: ['no-literal-wildcard'],
  },
  {
    name: 'a wildcard beside a sound subject',
    trust: [allow(equals([SUBJECT, ns('web:*')]))],
    faults: ['no-literal-wildcard'],
    says: /web/,
  },
  {
    name: 'one malformed subject of several',
    trust: [allow(equals([SUBJECT, 'system:serviceaccounts:web:web']))],
    faults: ['no-malformed-subject'],
    says: /group/,
  },
  { name: 'a malformed subject alone', trust: [allow(equals('shop:api'))], faults: ['no-malformed-subject'] },
  {
    name: 'a pattern that no subject fits',
    trust: [allow(like('system:serviceaccount:Shop*'))],
    faults: ['no-malformed-subject'],
  },
  {
    name: 'a wrong audience',
    trust: [allow(equals(SUBJECT, 'sts.amazonaws.com.cn'))],
    faults: ['no-wrong-audience'],
  },
  {
    name: 'conditions that exclude each other',
    trust: [allow({ StringEquals: keys(SUBJECT), StringLike: { [`${ISSUER}:sub`]: ns('web:*') } })],
    faults: ['no-unsatisfiable-trust'],
  },
  {
    name: 'patterns that exclude each other',
    trust: [
      allow({
        StringLike: { [`${ISSUER}:sub`]: ns('a-*:*') },
        StringNotLike: { [`${ISSUER}:sub`]: ns('a*:*') },
      }),
    ],
    faults: ['no-unsatisfiable-trust'],
  },
  {
    name: 'patterns that meet in a few',
    trust: [
      allow({
        StringLike: { [`${ISSUER}:sub`]: ns('a-*:*') },
        StringNotLike: { [`${ISSUER}:sub`]: ns('a-b*:*') },
      }),
    ],
  },
  {
    name: 'an external id',
    trust: [allow({ StringEquals: { ...keys(SUBJECT), 'sts:ExternalId': 'x' } })],
    faults: ['no-unsatisfiable-trust'],
  },
  {
    name: 'a Deny of everyone it allows',
    trust: [allow(like(ns('shop:*'))), { ...allow(like(ns('sh*:*'))), Effect: 'Deny' }],
    faults: ['no-unsatisfiable-trust'],
  },
  {
    name: 'a Deny of everyone',
    trust: [sound, { Effect: 'Deny', Principal: '*', Action: 'sts:*' }],
    faults: ['no-unsatisfiable-trust'],
  },
  {
    name: 'two statements, two causes',
    trust: [allow(equals(ns('shop:*'))), { ...from(ISSUER, ns('web:web')), Action: 'sts:AssumeRole' }],
    faults: ['no-literal-wildcard', 'no-wrong-assume-action'],
  },
  {
    name: 'Pod Identity with the action of web identities',
    trust: [{ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: WEB }],
    faults: ['no-wrong-assume-action'],
  },
  {
    name: 'Pod Identity with a wildcard taken literally',
    trust: [
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: { StringEquals: { 'aws:SourceArn': `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/*` } },
      },
    ],
    account: {
      regions: [
        {
          name: 'eu-west-1',
          clusters: [
            cluster({
              podIdentityAssociations: [
                {
                  id: 'a-1',
                  namespace: 'shop',
                  serviceAccount: 'api',
                  roleArn: `arn:aws:iam::${ACCOUNT}:role/app`,
                },
              ],
            }),
          ],
        },
      ],
    },
    faults: ['no-literal-wildcard'],
  },
  {
    name: 'Pod Identity with another cluster is the association’s fault',
    trust: [
      {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/x` } },
      },
    ],
  },

  // What was not read
  {
    name: 'providers were not read',
    trust: [sound],
    account: { oidcProviders: undefined },
    undecided: ['no-unknown-provider', 'use-iam-oidc-provider', 'use-sts-audience'],
  },
  {
    name: 'the provider’s audiences were not read',
    trust: [sound],
    account: { oidcProviders: [{ arn: provider() }] },
    undecided: ['use-sts-audience'],
  },
];

describe('diagnoseTrust', () => {
  it.each(CASES.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const { faults, undecided } = diagnose(one);
    expect(faults.map(({ rule }) => rule)).toEqual(one.faults ?? []);
    expect(undecided.map(({ rule }) => rule).sort()).toEqual([...(one.undecided ?? [])].sort());
    if (one.says) expect(faults[0]?.detail).toMatch(one.says);
  });

  it('names a fault alike wherever its statement stands', () => {
    const wildcard = allow(equals(ns('shop:*')));
    const [first] = diagnose({ name: '', trust: [wildcard, sound] }).faults;
    const [second] = diagnose({ name: '', trust: [sound, { Sid: 'x', ...wildcard }] }).faults;
    expect(first?.identity).toBe(second?.identity);
    expect([first?.statement, second?.statement]).toEqual([0, 1]);
  });

  it('lists what the same mistake breaks as well', () => {
    const [fault] = diagnose({ name: '', trust: [from(OLD_ISSUER)] }).faults;
    expect(fault?.consequences).toEqual(['no-mismatched-condition-key', 'no-unknown-provider']);
  });
});

function diagnose(one: Case) {
  const { oidcProviders, ...rest } = one.account ?? {};
  const arn = `arn:aws:iam::${ACCOUNT}:role/${one.roleName ?? 'app'}`;
  const base = account(
    [cluster()],
    [
      role(typeof one.trust === 'string' ? one.trust : doc(...one.trust), {
        arn,
        ...(one.roleTags ? { tags: one.roleTags } : {}),
      }),
    ],
    rest,
  );
  const own: Account =
    one.account && 'oidcProviders' in one.account ? ({ ...base, oidcProviders } as Account) : base;
  if (own.oidcProviders === undefined) delete own.oidcProviders;
  const view = estate([own, ...(one.others ?? [])], one.estate);
  const subject = view.roleByArn.get(arn);
  if (subject === undefined) throw new Error('the role is there');
  return diagnoseTrust(subject, view);
}
