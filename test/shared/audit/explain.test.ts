import { describe, expect, it } from 'vitest';
import { explainServiceAccount } from '../../../shared/audit/explain.ts';
import { explanationSchema } from '../../../shared/audit/explanation.ts';
import type { Account, Association, Cluster, Role, Snapshot } from '../../../shared/estate/snapshot.ts';
import { account, cluster, estate, oidc, role } from '../identity/estate-fixture.ts';
import {
  ACCOUNT,
  allow,
  equals,
  HOST,
  ISSUER,
  like,
  OLD,
  provider,
  STS,
  type Statement,
  SUBJECT,
} from './trust-cases.ts';

const APP = `arn:aws:iam::${ACCOUNT}:role/app`;
const TARGET = 'arn:aws:iam::444455556666:role/target';
const OLD_ISSUER = `${HOST}/id/${OLD}`;
const OTHER = `${HOST}/id/AAAABBBBCCCCDDDDEEEEFFFF00001111`;
const ns = (text: string) => `system:serviceaccount:${text}`;
const from = (issuer: string, sub: unknown = SUBJECT): Statement =>
  allow(equals(sub, STS, issuer), { Principal: { Federated: provider(issuer) } });
const pods = (Condition?: Record<string, unknown>, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  ...(Condition ? { Condition } : {}),
  ...more,
});
const bound = (more: Partial<Association> = {}): Partial<Cluster> => ({
  podIdentityAssociations: [{ id: 'a-1', namespace: 'shop', serviceAccount: 'api', roleArn: APP, ...more }],
});
const named = (name: string, trust: readonly Statement[], more: Partial<Role> = {}) =>
  role(trust, { arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, ...more });
const mayAssume = {
  inlinePolicies: [
    {
      name: 'p',
      document: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: TARGET }],
      }),
    },
  ],
};
const targetAccount = (trust: readonly Statement[]): Account => ({
  id: '444455556666',
  partition: 'aws',
  roles: [role(trust, { arn: TARGET })],
  oidcProviders: [],
  regions: [],
});
const trusting = (
  Condition?: Record<string, unknown>,
  Action: unknown = ['sts:AssumeRole', 'sts:TagSession'],
): Statement => ({
  Effect: 'Allow',
  Principal: { AWS: APP },
  Action,
  ...(Condition ? { Condition } : {}),
});
const nodes = (more: Partial<Role>): Partial<Account> & { roles: Role[] } => ({
  roles: [named('app', [pods()]), named('node', [], { trustPolicy: '{}', ...more })],
});
const NODE_GROUP = { nodegroups: [{ name: 'n', roleArn: `arn:aws:iam::${ACCOUNT}:role/node` }] };
const WORKER = 'arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy';

interface Case {
  readonly name: string;
  readonly cluster?: Partial<Cluster>;
  readonly roles?: readonly Role[];
  readonly account?: Partial<Account>;
  readonly accounts?: readonly Account[];
  readonly coverage?: Snapshot['coverage'];
  readonly clusters?: readonly Cluster[];
  readonly role?: string;
  readonly aws: 'works' | 'broken' | 'unknown';
  readonly mechanism: 'irsa' | 'pod-identity' | 'none';
  readonly check?: string;
  readonly rule?: string | null;
  /** A check and the status that it has to have. */
  readonly step?: readonly [string, string];
  readonly says?: RegExp;
}

const app = (...trust: Statement[]) => [named('app', trust)];

const CASES: readonly Case[] = [
  // IRSA
  { name: 'a sound role is found without a name', roles: app(from(ISSUER)), aws: 'works', mechanism: 'irsa' },
  { name: 'a sound role by name', roles: app(from(ISSUER)), role: APP, aws: 'works', mechanism: 'irsa' },
  {
    name: 'a role that admits by a pattern',
    roles: app(allow(like(ns('shop:*')))),
    aws: 'works',
    mechanism: 'irsa',
  },
  {
    name: 'a role of another account with a provider there',
    accounts: [
      {
        ...targetAccount([
          allow(equals(SUBJECT), { Principal: { Federated: provider(ISSUER, '444455556666') } }),
        ]),
        oidcProviders: [oidc(ISSUER, { arn: provider(ISSUER, '444455556666') })],
      },
    ],
    aws: 'works',
    mechanism: 'irsa',
  },
  {
    name: 'no provider in the account',
    roles: app(from(ISSUER)),
    account: { oidcProviders: [] },
    aws: 'broken',
    mechanism: 'irsa',
    check: 'oidc-provider',
    rule: 'use-iam-oidc-provider',
  },
  {
    name: 'the provider lacks the audience',
    roles: app(from(ISSUER)),
    account: { oidcProviders: [oidc(ISSUER, { clientIds: ['x'] })] },
    aws: 'broken',
    mechanism: 'irsa',
    check: 'oidc-provider-audience',
    rule: 'use-sts-audience',
  },
  {
    name: 'providers unread',
    roles: app(from(ISSUER)),
    account: { oidcProviders: undefined as never },
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['oidc-provider', 'unknown'],
  },
  {
    name: 'audiences unread',
    roles: app(from(ISSUER)),
    account: { oidcProviders: [{ arn: provider() }] },
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['oidc-provider-audience', 'unknown'],
  },
  {
    name: 'the stale issuer of a former cluster',
    roles: app(from(OLD_ISSUER)),
    aws: 'broken',
    mechanism: 'irsa',
    check: 'trust-principal',
    rule: 'no-stale-issuer',
  },
  {
    name: 'a stale issuer and no new provider',
    roles: app(from(OLD_ISSUER)),
    account: { oidcProviders: [oidc(OLD_ISSUER)] },
    aws: 'broken',
    mechanism: 'irsa',
    check: 'oidc-provider',
    rule: 'use-iam-oidc-provider',
  },
  {
    name: 'a role for the same name in another live cluster is no candidate',
    roles: app(from(OTHER)),
    account: { oidcProviders: [oidc(), oidc(OTHER)] },
    clusters: [cluster({ name: 'stage', issuer: `https://${OTHER}` })],
    aws: 'broken',
    mechanism: 'none',
    check: 'role',
    rule: null,
  },
  {
    name: 'asked for the role of another cluster',
    roles: app(from(OTHER)),
    role: APP,
    account: { oidcProviders: [oidc(), oidc(OTHER)] },
    clusters: [cluster({ name: 'stage', issuer: `https://${OTHER}` })],
    aws: 'broken',
    mechanism: 'irsa',
    check: 'trust-principal',
    rule: 'no-untrusted-service-account',
    says: /cluster stage/,
  },
  {
    name: 'a role for a similar name comes near',
    roles: app(from(ISSUER, ns('shop:apl'))),
    aws: 'broken',
    mechanism: 'irsa',
    check: 'trust-subject',
    rule: 'no-untrusted-service-account',
    says: /the name is apl/,
  },
  {
    name: 'nothing at all',
    roles: app(from(ISSUER, ns('web:frontend'))),
    aws: 'broken',
    mechanism: 'none',
    check: 'role',
    rule: null,
  },
  {
    name: 'roles unread',
    account: { roles: undefined as never },
    aws: 'unknown',
    mechanism: 'none',
    step: ['role', 'unknown'],
  },
  {
    name: 'a role that does not exist',
    role: `${APP}s`,
    roles: app(from(ISSUER)),
    aws: 'broken',
    mechanism: 'irsa',
    check: 'role',
    rule: 'no-missing-annotated-role',
    says: /nearest name is .*role\/app/,
  },
  {
    name: 'a role without its path',
    role: APP,
    roles: [named('team/app', [from(ISSUER)])],
    aws: 'broken',
    mechanism: 'irsa',
    check: 'role',
    rule: 'no-missing-annotated-role',
    says: /path or the case/,
  },
  {
    name: 'a role of an account that was not read',
    role: TARGET,
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['role', 'unknown'],
  },
  {
    name: 'associations unread',
    cluster: { podIdentityAssociations: undefined as never },
    roles: app(from(ISSUER)),
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['association', 'unknown'],
  },
  {
    name: 'a failed read of associations',
    coverage: [
      {
        account: ACCOUNT,
        region: 'eu-west-1',
        cluster: 'prod',
        read: 'eks:ListPodIdentityAssociations',
        reason: 'denied',
      },
    ],
    roles: app(from(ISSUER)),
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['association', 'unknown'],
  },
  {
    name: 'the cluster is being deleted',
    cluster: { status: 'DELETING' },
    roles: app(from(ISSUER)),
    aws: 'broken',
    mechanism: 'irsa',
    check: 'cluster-active',
    rule: null,
  },
  {
    name: 'the cluster is being created',
    cluster: { status: 'CREATING' },
    roles: app(from(ISSUER)),
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['cluster-active', 'unknown'],
  },
  {
    name: 'the provider is missing while the cluster is being created',
    cluster: { status: 'CREATING' },
    roles: app(from(ISSUER)),
    account: { oidcProviders: [] },
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['oidc-provider', 'unknown'],
  },
  {
    name: 'the issuer was not read',
    cluster: { issuer: undefined as never, status: undefined as never },
    role: APP,
    roles: app(from(ISSUER)),
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['cluster-issuer', 'unknown'],
  },
  {
    name: 'the role that names it and refuses, beside one that admits by a pattern',
    roles: [named('app', [allow(equals(SUBJECT, 'x'))]), named('all', [allow(like('*'))])],
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['role-choice', 'unknown'],
  },
  {
    name: 'the role that names it, beside one that admits by a pattern',
    roles: [named('app', [from(ISSUER)]), named('all', [allow(like('*'))])],
    aws: 'works',
    mechanism: 'irsa',
    step: ['role-choice', 'pass'],
  },
  {
    name: 'a leftover role that names it, beside a sound one',
    roles: [named('app', [from(ISSUER)]), named('old', [from(OLD_ISSUER)])],
    aws: 'works',
    mechanism: 'irsa',
  },
  {
    name: 'a custom audience that provider and policy share',
    roles: app(allow(equals(SUBJECT, 'vault'))),
    account: { oidcProviders: [oidc(ISSUER, { clientIds: [STS, 'vault'] })] },
    aws: 'unknown',
    mechanism: 'irsa',
    step: ['trust-audience', 'unknown'],
  },
  {
    name: 'an invalid trust policy',
    role: APP,
    roles: [role('{', { arn: APP })],
    aws: 'broken',
    mechanism: 'irsa',
    check: 'trust-policy',
    rule: 'no-invalid-trust-policy',
  },
  {
    name: 'wrong action, found without a name',
    roles: app({ ...from(ISSUER), Action: 'sts:AssumeRole' }),
    aws: 'broken',
    mechanism: 'irsa',
    check: 'trust-action',
    rule: 'no-wrong-assume-action',
  },
  {
    name: 'malformed subject, found without a name',
    roles: app(from(ISSUER, 'system:serviceaccounts:shop:api')),
    aws: 'broken',
    mechanism: 'irsa',
    check: 'trust-subject',
    rule: 'no-malformed-subject',
  },

  // Pod Identity
  {
    name: 'a sound association',
    cluster: bound(),
    roles: app(pods()),
    aws: 'works',
    mechanism: 'pod-identity',
  },
  {
    name: 'a sound association, asked for its role',
    cluster: bound(),
    roles: app(pods()),
    role: APP,
    aws: 'works',
    mechanism: 'pod-identity',
  },
  {
    name: 'an association wins over a web identity',
    cluster: bound({ roleArn: `arn:aws:iam::${ACCOUNT}:role/two` }),
    roles: [named('app', [from(ISSUER)]), named('two', [pods()])],
    role: APP,
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'association-role',
    rule: 'no-double-binding',
  },
  {
    name: 'an association that names another role',
    cluster: bound({ roleArn: `arn:aws:iam::${ACCOUNT}:role/two` }),
    roles: [named('app', [pods()]), named('two', [pods()])],
    role: APP,
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'association-role',
    rule: null,
  },
  {
    name: 'Auto Mode has the agent built in',
    cluster: { ...bound(), addons: [], autoMode: true },
    roles: app(pods()),
    aws: 'works',
    mechanism: 'pod-identity',
  },
  {
    name: 'without the add-on, only Kubernetes knows of an agent',
    cluster: { ...bound(), addons: [] },
    roles: app(pods()),
    aws: 'unknown',
    mechanism: 'pod-identity',
    step: ['pod-identity-agent', 'unknown'],
  },
  {
    name: 'an add-on that failed',
    cluster: { ...bound(), addons: [{ name: 'eks-pod-identity-agent', status: 'CREATE_FAILED' }] },
    roles: app(pods()),
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'pod-identity-agent',
    rule: 'use-pod-identity-agent',
  },
  {
    name: 'a degraded add-on',
    cluster: { ...bound(), addons: [{ name: 'eks-pod-identity-agent', status: 'DEGRADED' }] },
    roles: app(pods()),
    aws: 'unknown',
    mechanism: 'pod-identity',
    step: ['pod-identity-agent', 'unknown'],
  },
  {
    name: 'add-ons unread',
    cluster: { ...bound(), addons: undefined as never },
    roles: app(pods()),
    aws: 'unknown',
    mechanism: 'pod-identity',
    step: ['pod-identity-agent', 'unknown'],
  },
  {
    name: 'an association that was not described',
    cluster: bound({ roleArn: undefined as never }),
    roles: app(pods()),
    aws: 'unknown',
    mechanism: 'pod-identity',
    step: ['association-role', 'unknown'],
  },
  {
    name: 'the role is gone',
    cluster: bound(),
    roles: [],
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'association-role',
    rule: 'no-missing-association-role',
  },
  {
    name: 'the role is in another account',
    cluster: bound({ roleArn: TARGET }),
    accounts: [targetAccount([pods()])],
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'association-role',
    rule: 'no-missing-association-role',
  },
  {
    name: 'roles unread, with an association',
    cluster: bound(),
    account: { roles: undefined as never },
    aws: 'unknown',
    mechanism: 'pod-identity',
    step: ['association-role', 'unknown'],
  },
  {
    name: 'TagSession is missing',
    cluster: bound(),
    roles: app(pods(undefined, { Action: 'sts:AssumeRole' })),
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'trust-action',
    rule: 'no-untrusted-association',
  },
  {
    name: 'TagSession is not needed without session tags',
    cluster: bound({ disableSessionTags: true }),
    roles: app(pods(undefined, { Action: 'sts:AssumeRole' })),
    aws: 'works',
    mechanism: 'pod-identity',
  },
  {
    name: 'session tags off while the trust policy tests them',
    cluster: bound({ disableSessionTags: true }),
    roles: app(pods({ StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } })),
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'trust-conditions',
    rule: 'no-tagless-tag-condition',
  },
  {
    name: 'a session policy switches the tags off',
    cluster: bound({ policy: '{}' }),
    roles: app(pods({ StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } })),
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'trust-conditions',
    rule: 'no-tagless-tag-condition',
  },
  {
    name: 'the trust policy wants another cluster',
    cluster: bound(),
    roles: app(pods({ ArnEquals: { 'aws:SourceArn': `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/x` } })),
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'trust-conditions',
    rule: 'no-untrusted-association',
  },
  {
    name: 'the trust policy is for web identities',
    cluster: bound(),
    roles: app(from(ISSUER)),
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'trust-principal',
    rule: 'no-untrusted-association',
  },
  {
    name: 'a Fargate profile takes the namespace',
    cluster: { ...bound(), fargateProfiles: [{ name: 'f', selectors: [{ namespace: 'shop' }] }] },
    roles: app(pods()),
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'compute',
    rule: 'no-unsupported-compute',
  },
  {
    name: 'a Fargate profile takes some pods of the namespace',
    cluster: {
      ...bound(),
      fargateProfiles: [{ name: 'f', selectors: [{ namespace: 'shop', labels: { a: 'b' } }] }],
    },
    roles: app(pods()),
    aws: 'works',
    mechanism: 'pod-identity',
    step: ['compute', 'unknown'],
  },
  {
    name: 'the node role may call EKS Auth',
    cluster: { ...bound(), ...NODE_GROUP },
    account: nodes({ attachedPolicies: [WORKER] }),
    aws: 'works',
    mechanism: 'pod-identity',
    step: ['node-permission', 'pass'],
  },
  {
    name: 'the node role may not call EKS Auth',
    cluster: { ...bound(), ...NODE_GROUP },
    account: nodes({ attachedPolicies: [] }),
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'node-permission',
    rule: 'no-missing-node-permission',
  },
  {
    name: 'a role for Pod Identity without its association',
    roles: app(pods()),
    role: APP,
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'association',
    rule: 'use-pod-identity-association',
  },
  {
    name: 'an association for a similar name',
    cluster: bound({ serviceAccount: 'apl' }),
    roles: app(pods()),
    aws: 'broken',
    mechanism: 'none',
    check: 'association',
    rule: 'use-pod-identity-association',
    says: /apl/,
  },

  // The second hop
  {
    name: 'a sound second hop',
    cluster: bound({ targetRoleArn: TARGET, externalId: 'e' }),
    roles: [named('app', [pods()], mayAssume)],
    accounts: [targetAccount([trusting({ StringEquals: { 'sts:ExternalId': 'e' } })])],
    aws: 'works',
    mechanism: 'pod-identity',
  },
  {
    name: 'asked for the target role',
    cluster: bound({ targetRoleArn: TARGET }),
    role: TARGET,
    roles: [named('app', [pods()], mayAssume)],
    accounts: [targetAccount([trusting()])],
    aws: 'works',
    mechanism: 'pod-identity',
  },
  {
    name: 'asked for the first role while there is a target',
    cluster: bound({ targetRoleArn: TARGET }),
    role: APP,
    roles: [named('app', [pods()], mayAssume)],
    accounts: [targetAccount([trusting()])],
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'association-role',
    rule: null,
  },
  {
    name: 'another external id',
    cluster: bound({ targetRoleArn: TARGET, externalId: 'e' }),
    roles: [named('app', [pods()], mayAssume)],
    accounts: [targetAccount([trusting({ StringEquals: { 'sts:ExternalId': 'x' } })])],
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'target-trust',
    rule: 'no-broken-target-role',
  },
  {
    name: 'the target lacks TagSession',
    cluster: bound({ targetRoleArn: TARGET }),
    roles: [named('app', [pods()], mayAssume)],
    accounts: [targetAccount([trusting(undefined, 'sts:AssumeRole')])],
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'target-trust',
    rule: 'no-broken-target-role',
  },
  {
    name: 'the first role may not ask',
    cluster: bound({ targetRoleArn: TARGET }),
    roles: [named('app', [pods()])],
    accounts: [targetAccount([trusting()])],
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'target-permission',
    rule: 'no-broken-target-role',
  },
  {
    name: 'within one account a trust policy that names the role is enough',
    cluster: bound({ targetRoleArn: `arn:aws:iam::${ACCOUNT}:role/two` }),
    roles: [named('app', [pods()]), named('two', [trusting()])],
    aws: 'works',
    mechanism: 'pod-identity',
  },
  {
    name: 'the target’s account was not read',
    cluster: bound({ targetRoleArn: TARGET }),
    roles: [named('app', [pods()], mayAssume)],
    aws: 'unknown',
    mechanism: 'pod-identity',
    step: ['target-role', 'unknown'],
  },
  {
    name: 'the target does not exist',
    cluster: bound({ targetRoleArn: `${TARGET}s` }),
    roles: [named('app', [pods()], mayAssume)],
    accounts: [targetAccount([trusting()])],
    aws: 'broken',
    mechanism: 'pod-identity',
    check: 'target-role',
    rule: 'no-missing-association-role',
  },
  {
    name: 'the first role’s policies were not read',
    cluster: bound({ targetRoleArn: TARGET }),
    roles: [named('app', [pods()], { attachedPolicies: [WORKER] })],
    accounts: [targetAccount([trusting()])],
    aws: 'unknown',
    mechanism: 'pod-identity',
    step: ['target-permission', 'unknown'],
  },
];

describe('explainServiceAccount', () => {
  it.each(CASES.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const explanation = explain(one);
    expect(explanationSchema.parse(explanation)).toEqual(explanation);
    expect({
      aws: explanation.sides.aws,
      mechanism: explanation.mechanism,
      check: explanation.reason?.check,
      rule: explanation.reason?.rule,
    }).toEqual({ aws: one.aws, mechanism: one.mechanism, check: one.check, rule: one.rule });
    expect(explanation.sides.kubernetes).toBe('unknown');
    expect(explanation.verdict).toBe(one.aws === 'broken' ? 'broken' : 'unknown');
    const [check, status] = one.step ?? [];
    if (check)
      expect(explanation.steps.filter((step) => step.check === check).map((step) => step.status)).toContain(
        status,
      );
    if (one.says) expect(explanation.reason?.detail).toMatch(one.says);
    if (one.aws === 'broken' && one.check !== 'cluster-active') expect(explanation.repair?.text).toBeTruthy();
    if (one.aws !== 'broken') expect(explanation.repair).toBeNull();
  });

  it('gives the same document for the same estate', () => {
    const one = CASES[0];
    if (one === undefined) throw new Error('there are cases');
    expect(JSON.stringify(explain(one))).toBe(JSON.stringify(explain(one)));
  });

  it('calls a role that admits the whole cluster exposed, whatever the verdict', () => {
    const open = explain({
      name: '',
      roles: [named('app', [allow({ StringEquals: { [`${ISSUER}:aud`]: STS } })])],
      aws: 'works',
      mechanism: 'irsa',
    });
    expect(open.secure).toBe(false);
    expect(open.exposures.map(({ rule }) => rule)).toContain('no-missing-subject');
    const narrow = explain({ name: '', roles: app(from(ISSUER)), aws: 'works', mechanism: 'irsa' });
    expect(narrow.exposures).toEqual([]);
  });
});

function explain(one: Case) {
  const prod = dropUndefined(cluster(one.cluster));
  const own = dropUndefined(account([prod, ...(one.clusters ?? [])], one.roles ?? [], one.account));
  const view = estate([own, ...(one.accounts ?? [])], { coverage: one.coverage ?? [] });
  const asked = view.clustersByName.get('prod')?.[0];
  if (asked === undefined) throw new Error('the cluster is there');
  return explainServiceAccount(view, {
    cluster: asked,
    namespace: 'shop',
    serviceAccount: 'api',
    ...(one.role ? { role: one.role } : {}),
  });
}

/** A list that is absent was not read. */
function dropUndefined<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
