import { describe, expect, it } from 'vitest';
import { effectiveBindings } from '../../../shared/audit/bindings.ts';
import { whoCan } from '../../../shared/audit/who-can.ts';
import type { OidcProvider, Role } from '../../../shared/estate/snapshot.ts';
import { account, cluster, estate, oidc, role } from '../identity/estate-fixture.ts';
import {
  ACCOUNT,
  allow,
  equals,
  ISSUER,
  like,
  provider,
  STS,
  type Statement,
  SUBJECT,
} from './trust-cases.ts';

const APP = `arn:aws:iam::${ACCOUNT}:role/app`;
const FIRST = `arn:aws:iam::${ACCOUNT}:role/first`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const GITHUB = 'token.actions.githubusercontent.com';
const SHOP = 'system:serviceaccount:shop:*';
const WEB = 'sts:AssumeRoleWithWebIdentity';
const PODS = 'whoever may create Pod Identity associations';
const AUD = `${ISSUER}:aud`;
const SUB = `${ISSUER}:sub`;
const IP = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };

const denyAll: Statement = { Effect: 'Deny', Principal: '*', Action: '*' };
const deny = (statement: Statement): Statement => ({ ...statement, Effect: 'Deny' });
const by = (Principal: unknown, Action: unknown, Condition?: unknown): Statement => ({
  Effect: 'Allow',
  Principal,
  Action,
  ...(Condition === undefined ? {} : { Condition }),
});
const aws = (value: string, Condition?: unknown) => by({ AWS: value }, 'sts:AssumeRole', Condition);
const service = (name: string, Action: unknown, Condition?: unknown) =>
  by({ Service: name }, Action, Condition);
const pods = (Condition?: unknown, Action: unknown = ['sts:AssumeRole', 'sts:TagSession']) =>
  service('pods.eks.amazonaws.com', Action, Condition);

function answer(
  trust: readonly Statement[],
  more: { roles?: readonly Role[]; providers?: OidcProvider[] } = {},
) {
  const world = estate([
    account([cluster()], [role(trust), ...(more.roles ?? [])], {
      ...(more.providers ? { oidcProviders: more.providers } : {}),
    }),
  ]);
  return { ways: whoCan(world, APP).ways, ...effectiveBindings(world) };
}
const short = (...args: Parameters<typeof answer>) =>
  answer(...args).ways.map(({ who, verdict }) => [who, verdict]);

describe('the verdict of a pattern of subjects', () => {
  it.each<[string, Statement[], [string, string][]]>([
    // a: wildcards under operators that take them literally, and under those that do not
    ['a literal wildcard is nobody', [allow(equals(SHOP))], [[SHOP, 'broken']]],
    ['a pattern is somebody', [allow(like(SHOP))], [[SHOP, 'works']]],
    [
      'a pattern with a condition on the network is not decided',
      [allow({ ...like(SHOP), ...IP })],
      [[SHOP, 'unknown']],
    ],
    [
      'a subject in any case is somebody',
      [allow({ StringEqualsIgnoreCase: { [SUB]: SUBJECT.toUpperCase() } })],
      [[`${SUBJECT.toUpperCase()} (in any case)`, 'works']],
    ],
    // b: subjects that no ServiceAccount can have
    [
      'a malformed subject is nobody',
      [allow(equals('system:serviceaccounts:shop:api'))],
      [['system:serviceaccounts:shop:api', 'broken']],
    ],
    [
      'a malformed pattern is nobody',
      [allow(like('system:serviceaccounts:shop:*'))],
      [['system:serviceaccounts:shop:*', 'broken']],
    ],
    [
      'capitals in a name are nobody',
      [allow(equals('system:serviceaccount:shop:API'))],
      [['system:serviceaccount:shop:API', 'broken']],
    ],
    // c: audiences
    ['another audience keeps a pattern out', [allow(like(SHOP, 'wrong'))], [[SHOP, 'broken']]],
    [
      'another audience keeps everyone out',
      [allow({ StringEquals: { [AUD]: 'wrong' } })],
      [['system:serviceaccount:*', 'broken']],
    ],
    [
      'a pattern of audiences lets them in',
      [allow({ StringLike: { [AUD]: 'sts.*', [SUB]: SHOP } })],
      [[SHOP, 'works']],
    ],
    // d: Deny statements
    ['a Deny of everyone keeps a pattern out', [allow(like(SHOP)), denyAll], [[SHOP, 'broken']]],
    [
      'a Deny of a wider pattern keeps it out',
      [allow(like(SHOP)), deny(allow(like('system:serviceaccount:*')))],
      [[SHOP, 'broken']],
    ],
    [
      'a Deny of one of them leaves the others in',
      [allow(like(SHOP)), deny(allow(equals('system:serviceaccount:shop:a')))],
      [[SHOP, 'works']],
    ],
    [
      'a Deny of another namespace leaves them in',
      [allow(like(SHOP)), deny(allow(like('system:serviceaccount:web:*')))],
      [[SHOP, 'works']],
    ],
    [
      'two Deny statements that together cover a list of two keep both out',
      [
        allow(like(['system:serviceaccount:shop:a?', 'system:serviceaccount:web:*'])),
        deny(allow(like('system:serviceaccount:shop:a*'))),
        deny(allow(like('system:serviceaccount:w*'))),
      ],
      [
        ['system:serviceaccount:shop:a?', 'broken'],
        ['system:serviceaccount:web:*', 'broken'],
      ],
    ],
    [
      'a Deny that hangs on the network is not decided',
      [allow(like(SHOP)), { ...denyAll, Condition: IP }],
      [[SHOP, 'unknown']],
    ],
    [
      'a Deny for calls without TLS is none for pods',
      [allow(like(SHOP)), { ...denyAll, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
      [[SHOP, 'works']],
    ],
    // e: keys that are in no request
    [
      'a mismatched key keeps everyone out',
      [allow({ StringLike: { [`https://${SUB}`]: SHOP } })],
      [['system:serviceaccount:*', 'broken']],
    ],
    [
      'a mismatched key under a negated operator keeps nobody out',
      [allow({ StringNotLike: { [`https://${SUB}`]: SHOP } })],
      [['system:serviceaccount:*', 'works']],
    ],
    // f: patterns that are ANDed
    [
      'two patterns that exclude each other are nobody',
      [
        allow({
          StringLike: { [SUB]: SHOP },
          'ForAnyValue:StringLike': { [SUB]: 'system:serviceaccount:web:*' },
        }),
      ],
      [[SHOP, 'broken']],
    ],
    [
      'two patterns that overlap are somebody',
      [allow({ StringLike: { [SUB]: SHOP }, 'ForAnyValue:StringLike': { [SUB]: '*:api' } })],
      [[SHOP, 'works']],
    ],
    // Another statement is another way
    [
      'another statement that lets all of them in is the way that works',
      [allow(like(SHOP, 'wrong')), allow(like(SHOP))],
      [
        [SHOP, 'broken'],
        [SHOP, 'works'],
      ],
    ],
    [
      'another statement that lets one of them in does not mend the first',
      [allow(like(SHOP, 'wrong')), allow(equals(SUBJECT))],
      [
        [SHOP, 'broken'],
        [SUBJECT, 'works'],
      ],
    ],
  ])('%s', (_, trust, expected) => {
    expect(short(trust).sort()).toEqual([...expected].sort());
  });
});

describe('the verdict of principals', () => {
  it.each<[string, Statement[], [string, string][]]>([
    // g: accounts
    ['an account is let in', [aws(ROOT)], [[ROOT, 'works']]],
    ['a Deny of everyone keeps an account out', [aws(ROOT), denyAll], [[ROOT, 'broken']]],
    [
      'a Deny that exempts an organization leaves its members in',
      [aws(ROOT), { ...denyAll, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
      [[ROOT, 'works']],
    ],
    [
      'conditions that exclude each other keep an account out',
      [aws(ROOT, { StringEquals: { 'sts:ExternalId': 'a' }, StringNotEquals: { 'sts:ExternalId': 'a' } })],
      [[ROOT, 'broken']],
    ],
    [
      'a key of services keeps an account out',
      [aws(ROOT, { StringEquals: { 'aws:SourceAccount': ACCOUNT } })],
      [[ROOT, 'broken']],
    ],
    ['a Deny keeps a role out', [aws(FIRST), denyAll], [[FIRST, 'broken']]],
    [
      'a role under an external id is not decided',
      [aws(FIRST, { StringEquals: { 'sts:ExternalId': 'a' } })],
      [[FIRST, 'unknown']],
    ],
    // h: services
    [
      'a service assumes a role',
      [service('lambda.amazonaws.com', 'sts:AssumeRole')],
      [['lambda.amazonaws.com', 'works']],
    ],
    [
      'a service has no web identity',
      [service('lambda.amazonaws.com', WEB)],
      [['lambda.amazonaws.com', 'broken']],
    ],
    [
      'a Deny keeps a service out',
      [service('lambda.amazonaws.com', 'sts:AssumeRole'), denyAll],
      [['lambda.amazonaws.com', 'broken']],
    ],
    [
      'a service has no external id',
      [
        service('pods.eks.amazonaws.com', ['sts:AssumeRole', 'sts:TagSession'], {
          StringEquals: { 'sts:ExternalId': 'a' },
        }),
      ],
      [[PODS, 'broken']],
    ],
    [
      'a SAML provider has no web identity',
      [by({ Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/x` }, WEB)],
      [[`arn:aws:iam::${ACCOUNT}:saml-provider/x`, 'broken']],
    ],
    // i: Pod Identity
    ['Pod Identity with both calls', [pods()], [[PODS, 'works']]],
    [
      'Pod Identity with both calls in two statements is one way',
      [pods(undefined, 'sts:AssumeRole'), pods(undefined, 'sts:TagSession')],
      [[PODS, 'works']],
    ],
    ['Pod Identity with sts:TagSession alone', [pods(undefined, 'sts:TagSession')], [[PODS, 'broken']]],
    [
      'Pod Identity with a tag of the principal',
      [pods({ StringEquals: { 'aws:PrincipalTag/x': 'y' } })],
      [[PODS, 'broken']],
    ],
    [
      'Pod Identity for a namespace',
      [pods({ StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } })],
      [[PODS, 'works']],
    ],
    [
      'Pod Identity for a literal wildcard',
      [pods({ StringEquals: { 'aws:RequestTag/kubernetes-namespace': '*' } })],
      [[PODS, 'broken']],
    ],
    [
      'Pod Identity for the clusters of another account',
      [pods({ StringEquals: { 'aws:SourceAccount': '999999999999' } })],
      [[PODS, 'broken']],
    ],
    [
      'Pod Identity for the clusters of its own account',
      [pods({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })],
      [[PODS, 'works']],
    ],
    ['Pod Identity under a condition on the network', [pods(IP)], [[PODS, 'unknown']]],
    [
      'Pod Identity with its tags denied and asked for',
      [
        pods({ StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } }),
        { ...denyAll, Action: 'sts:TagSession' },
      ],
      [[PODS, 'broken']],
    ],
    [
      'Pod Identity in capitals',
      [service('Pods.EKS.amazonaws.com', ['sts:AssumeRole', 'sts:TagSession'])],
      [['Pods.EKS.amazonaws.com', 'broken']],
    ],
    // j: everyone
    [
      'everyone by a web identity is the web identities that meet the conditions',
      [by('*', WEB, equals(SUBJECT))],
      [[SUBJECT, 'works']],
    ],
    [
      'everyone by sts:AssumeRole is every AWS principal',
      [by('*', 'sts:AssumeRole')],
      [['everyone', 'works']],
    ],
    ['a Deny keeps everyone out', [by('*', 'sts:AssumeRole'), denyAll], [['everyone', 'broken']]],
    [
      'everyone by an open web identity is the public providers too',
      [by('*', WEB)],
      [
        ['accounts.google.com', 'works'],
        ['cognito-identity.amazonaws.com', 'works'],
        ['graph.facebook.com', 'works'],
        ['www.amazon.com', 'works'],
        ['system:serviceaccount:*', 'works'],
      ],
    ],
  ])('%s', (_, trust, expected) => {
    expect(short(trust).sort()).toEqual([...expected].sort());
  });

  it('says why a way is closed', () => {
    const detail = (...trust: Statement[]) => answer(trust).ways[0]?.detail;
    expect(detail(allow(equals(SHOP)))).toContain('takes wildcards literally');
    expect(detail(allow(like(SHOP)), denyAll)).toContain('Statement 1 of the trust policy denies it');
    expect(detail(allow(like(SHOP, 'wrong')))).toContain('"wrong"');
    expect(detail(aws(ROOT), denyAll)).toContain('Deny statements');
    expect(detail(pods(undefined, 'sts:AssumeRole'))).toContain('without session tags');
  });

  it('asks whether a foreign provider is let in', () => {
    const named = `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}`;
    const github = allow(
      { StringLike: { [`${GITHUB}:sub`]: 'repo:o/r:*' } },
      { Principal: { Federated: named } },
    );
    const providers = [oidc(), oidc(GITHUB)];
    expect(short([github], { providers })).toEqual([[`${GITHUB}: repo:o/r:*`, 'works']]);
    expect(short([github, denyAll], { providers })).toEqual([[`${GITHUB}: repo:o/r:*`, 'broken']]);
  });
});

describe('a chain of roles', () => {
  // k
  it.each([
    ['works', allow(equals(SUBJECT)), SUBJECT],
    ['broken', allow(equals(SHOP)), SHOP],
    ['unknown', allow({ ...like(SHOP), ...IP }), SHOP],
  ])('is %s as its first hop is', (verdict, trust, who) => {
    const ways = answer([aws(FIRST)], { roles: [role([trust], { arn: FIRST })] }).ways;
    expect(ways.find((way) => way.who === who)).toMatchObject({ verdict, through: [provider(), FIRST] });
  });

  it('is broken when its last hop is', () => {
    const ways = answer([aws(FIRST), denyAll], {
      roles: [role([allow(equals(SUBJECT))], { arn: FIRST })],
    }).ways;
    expect(ways.map(({ verdict }) => verdict)).toEqual(['broken', 'broken']);
  });
});

describe('the audiences of a provider', () => {
  const noAudience = allow({ StringEquals: { [SUB]: SUBJECT } });
  const custom = allow(equals(SUBJECT, 'vault'));
  const { clientIds: _, ...unread } = oidc();
  // P13 of the trust without :aud, and its neighbours
  it.each<[string, Statement, OidcProvider, string, number, number]>([
    ['that of STS', noAudience, oidc(), 'works', 1, 0],
    ['another, and none asked for', noAudience, oidc(ISSUER, { clientIds: ['foo'] }), 'unknown', 0, 1],
    ['none at all', noAudience, oidc(ISSUER, { clientIds: [] }), 'broken', 0, 1],
    ['not read', noAudience, unread, 'unknown', 0, 1],
    ['another, and that one asked for', custom, oidc(ISSUER, { clientIds: [STS, 'vault'] }), 'unknown', 1, 0],
    ['that of STS, and another asked for', custom, oidc(), 'broken', 0, 0],
    [
      'another, and that of STS asked for',
      allow(equals(SUBJECT)),
      oidc(ISSUER, { clientIds: ['foo'] }),
      'broken',
      0,
      1,
    ],
    ['not read, and a sound one asked for', allow(equals(SUBJECT)), unread, 'unknown', 0, 1],
  ])('%s', (_name, statement, accepts, verdict, bound, left) => {
    const got = answer([statement], { providers: [accepts] });
    expect(got.ways.map((way) => way.verdict)).toEqual([verdict]);
    expect(got.bindings).toHaveLength(bound);
    expect(got.left).toHaveLength(left);
  });

  it('are named where they keep a binding from being written', () => {
    const { left } = answer([noAudience], { providers: [oidc(ISSUER, { clientIds: ['foo'] })] });
    expect(left[0]).toContain(`the provider accepts foo, and the tokens carry ${STS}`);
  });
});
