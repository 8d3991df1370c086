import { describe, expect, it } from 'vitest';
import { whoCan } from '../../../shared/audit/who-can.ts';
import type { Account, Cluster, Role } from '../../../shared/estate/snapshot.ts';
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
const FIRST = `arn:aws:iam::${ACCOUNT}:role/first`;
const PROD = `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/prod`;
const pods: Statement = {
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
};

function ways(
  trust: readonly Statement[],
  more: {
    cluster?: Partial<Cluster>;
    roles?: readonly Role[];
    account?: Partial<Account>;
    complete?: boolean;
  } = {},
) {
  const view = estate(
    [account([cluster(more.cluster)], [role(trust), ...(more.roles ?? [])], more.account)],
    more.complete ? { organization: { complete: true } } : {},
  );
  return whoCan(view, APP);
}
const short = (answer: ReturnType<typeof ways>) =>
  answer.ways.map(({ door, who, verdict }) => [door, who, verdict]);

describe('whoCan', () => {
  it('names ServiceAccounts one by one and by pattern, with the cluster', () => {
    const answer = ways([
      allow(equals([SUBJECT, 'system:serviceaccount:shop:web'])),
      allow(like('system:serviceaccount:web:*')),
    ]);
    expect(short(answer)).toEqual([
      ['irsa', SUBJECT, 'works'],
      ['irsa', 'system:serviceaccount:shop:web', 'works'],
      ['irsa', 'system:serviceaccount:web:*', 'works'],
    ]);
    expect(answer.ways[0]).toMatchObject({
      cluster: PROD,
      through: [provider()],
      statement: 0,
      conditions: [],
    });
  });

  it('names every ServiceAccount where the subject is open', () => {
    expect(short(ways([allow({ StringEquals: { [`${ISSUER}:aud`]: STS } })]))).toEqual([
      ['irsa', 'system:serviceaccount:*', 'works'],
    ]);
  });

  it('takes out those whom a Deny keeps out', () => {
    const deny = { ...allow(equals(SUBJECT)), Effect: 'Deny' };
    expect(short(ways([allow(equals([SUBJECT, 'system:serviceaccount:shop:web'])), deny]))).toEqual([
      ['irsa', SUBJECT, 'broken'],
      ['irsa', 'system:serviceaccount:shop:web', 'works'],
    ]);
  });

  it('says of a provider that is gone, or of a cluster that is not known, what follows', () => {
    const old = `${HOST}/id/${OLD}`;
    const stale = [allow(equals(SUBJECT, STS, old), { Principal: { Federated: provider(old) } })];
    expect(short(ways(stale))).toEqual([['irsa', SUBJECT, 'broken']]);
    expect(short(ways(stale, { account: { oidcProviders: [oidc(old)] } }))).toEqual([
      ['irsa', SUBJECT, 'unknown'],
    ]);
    expect(short(ways(stale, { account: { oidcProviders: [oidc(old)] }, complete: true }))).toEqual([
      ['irsa', SUBJECT, 'broken'],
    ]);
  });

  it('names associations, and what is left to those who may create them', () => {
    const answer = ways([pods], {
      cluster: {
        podIdentityAssociations: [{ id: 'a-1', namespace: 'shop', serviceAccount: 'api', roleArn: APP }],
      },
    });
    expect(short(answer)).toEqual([
      ['pod-identity', 'whoever may create Pod Identity associations', 'works'],
      ['pod-identity', SUBJECT, 'works'],
    ]);
  });

  it('follows a first role to its target', () => {
    const trust = [
      { Effect: 'Allow', Principal: { AWS: FIRST }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
    ];
    const first = role([pods], { arn: FIRST });
    const answer = ways(trust, {
      roles: [first],
      cluster: {
        podIdentityAssociations: [
          { id: 'a-1', namespace: 'shop', serviceAccount: 'api', roleArn: FIRST, targetRoleArn: APP },
        ],
      },
    });
    expect(short(answer)).toContainEqual(['role-chain', FIRST, 'works']);
    expect(answer.ways.find(({ who }) => who === SUBJECT)?.through).toEqual(['a-1', FIRST]);
  });

  it('follows roles through roles, and stops at circles', () => {
    const second = role(
      [allow(equals(SUBJECT)), { Effect: 'Allow', Principal: { AWS: APP }, Action: 'sts:AssumeRole' }],
      { arn: FIRST },
    );
    const answer = ways([{ Effect: 'Allow', Principal: { AWS: FIRST }, Action: 'sts:AssumeRole' }], {
      roles: [second],
    });
    expect(answer.ways.filter(({ door }) => door === 'irsa')).toMatchObject([
      { who: SUBJECT, through: [provider(), FIRST], verdict: 'works' },
    ]);
  });

  it('names accounts, services, federations and everyone', () => {
    const answer = ways([
      {
        Effect: 'Allow',
        Principal: { AWS: '444455556666', Service: 'ec2.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/x` },
        Action: 'sts:AssumeRoleWithSAML',
      },
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
      },
    ]);
    expect(answer.ways.map(({ door, who }) => [door, who])).toEqual([
      ['everyone', 'everyone'],
      ['federation', `arn:aws:iam::${ACCOUNT}:saml-provider/x`],
      ['role-chain', '444455556666'],
      ['service', 'ec2.amazonaws.com'],
    ]);
    expect(answer.ways[0]?.conditions).toEqual(['aws:principalorgid: o-1']);
  });

  it('says what it did not read', () => {
    const view = account([cluster()], [role([allow(equals(SUBJECT))])]);
    delete view.oidcProviders;
    delete view.regions?.[0]?.clusters?.[0]?.podIdentityAssociations;
    const answer = whoCan(estate([view]), APP);
    expect(answer.unknowns.map(({ read }) => read)).toEqual([
      'iam:ListOpenIDConnectProviders',
      'eks:ListPodIdentityAssociations',
      'kubernetes:connect',
    ]);
    expect(whoCan(estate([view]), 'arn:aws:iam::1:role/x')).toMatchObject({
      valid: false,
      ways: [],
      unknowns: [{ read: 'iam:GetAccountAuthorizationDetails' }],
    });
  });
});
