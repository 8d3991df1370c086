import { describe, expect, it } from 'vitest';
import { configSchema, defaultConfig } from '../../../shared/config/config.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import { memoryEvidence } from '../../../shared/evidence/memory-store.ts';
import type { Transition } from '../../../shared/findings/transition.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { LostClaimError } from '../../../shared/pipeline/errors.ts';
import { evaluate } from '../../../shared/pipeline/evaluate.ts';
import { memoryHistory } from '../../../shared/pipeline/history.ts';
import type { Scope } from '../../../shared/pipeline/scope.ts';
import { openSqliteStore } from '../../../shared/sqlite/finding-store.ts';
import { memoryClaims, requestOf, silent, turnFor } from '../../support/pipeline.ts';

const ACCOUNT = '111122223333';
const everyone =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}';

const role = (name: string) => ({
  arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
  trustPolicy: everyone,
  attachedPolicies: [],
  inlinePolicies: [],
});

type Account = Snapshot['accounts'][number];

function snapshot(account: Partial<Account>, coverage: Snapshot['coverage'] = []): string {
  const accounts = [
    { id: ACCOUNT, partition: 'aws', policies: [], oidcProviders: [], regions: [], ...account },
  ];
  return JSON.stringify({
    schemaVersion: 1,
    takenAt: '2026-11-20T09:14:10Z',
    accounts,
    coverage,
  } satisfies Snapshot);
}

/** Judges one account after an event; `told` are the rules of what lies in the scope, `other` of the rest. */
async function evaluated(
  text: string,
  scope?: Scope,
  store = openSqliteStore(':memory:'),
  config = defaultConfig,
) {
  const request = requestOf(scope === undefined ? {} : { scope });
  const kept = new Map([
    ['snapshot', text],
    ['requests', JSON.stringify([request])],
  ]);
  const run = evaluate({
    claims: memoryClaims(kept),
    store,
    waivers: { list: async () => [] },
    observed: { store: memoryEvidence(), keepsSessions: () => false, keepsAccessDenied: () => false },
    history: memoryHistory(),
    register: { busy: async function* () {} },
    causeFinder: () => async () => ({ outcome: 'none' }),
    telemetry: silent,
    config,
    hash: sha256,
    now: () => new Date('2026-11-20T09:14:30Z'),
    pause: async () => {},
  });
  const turn = turnFor(request.scope.account);
  const accounts = [{ account: request.scope.account, key: 'snapshot' }];
  const result = await run({ turn, requests: 'requests', accounts });
  const transitions: Transition[] = [];
  for await (const transition of store.listUnpublished()) transitions.push(transition);
  const names = (some: readonly Transition[]) =>
    some.map(({ finding }) => (finding.rule === 'no-unjudged-change' ? finding.detail : finding.rule));
  return {
    ...result,
    told: names(transitions.filter(({ causes }) => causes.length > 0)),
    other: names(transitions.filter(({ causes }) => causes.length === 0)),
    changes: transitions.map(({ change }) => change),
  };
}

const denied = { read: 'iam:GetAccountAuthorizationDetails', reason: 'AccessDenied' };

const FORMER = 'oidc.eks.eu-west-1.amazonaws.com/id/AAAABBBBCCCCDDDDEEEEFFFF00001111';
const FEDERATED = `arn:aws:iam::${ACCOUNT}:oidc-provider/${FORMER}`;

/** A role that trusts an issuer that no cluster of its account has; the only cluster there is younger than the provider. */
const strayIssuer = snapshot({
  roles: [
    {
      ...role('Payments-API'),
      created: '2026-01-02T00:00:00Z',
      trustPolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Federated: FEDERATED },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: {
            StringEquals: {
              [`${FORMER}:sub`]: 'system:serviceaccount:shop:api',
              [`${FORMER}:aud`]: 'sts.amazonaws.com',
            },
          },
        },
      }),
    },
  ],
  oidcProviders: [
    {
      arn: FEDERATED,
      url: FORMER,
      clientIds: ['sts.amazonaws.com'],
      tags: {},
      created: '2026-01-01T00:00:00Z',
    },
  ],
  regions: [
    {
      name: 'eu-west-1',
      clusters: [
        {
          name: 'shop',
          arn: `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/shop`,
          status: 'ACTIVE',
          created: '2026-10-01T00:00:00Z',
          issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
        },
      ],
    },
  ],
});

const withMembers = configSchema.parse({ deployment: { members: { accounts: ['444455556666'] } } });

describe('an issuer that no cluster of the account has', () => {
  it.each([
    ['is that of the cluster before, where the account stands alone', defaultConfig, true],
    ['may be that of a cluster of another member, where there are others', withMembers, false],
  ])('%s', async (_, config, former) => {
    const { told, other } = await evaluated(strayIssuer, undefined, openSqliteStore(':memory:'), config);
    expect(
      [...told, ...other].some((rule) => rule === 'use-iam-oidc-provider' || rule === 'no-stale-issuer'),
    ).toBe(former);
  });
});

describe('evaluate', () => {
  it('tells what is wrong with the role as caused by the event, and that of other roles without a cause', async () => {
    const text = snapshot({ roles: [role('pods/Payments-API'), role('someone-else')] });
    expect(await evaluated(text)).toMatchObject({ told: ['no-public-trust'], other: ['no-public-trust'] });
  });

  it('writes nothing when it runs again', async () => {
    const store = openSqliteStore(':memory:');
    const text = snapshot({ roles: [role('Payments-API')] });
    const first = await evaluated(text, undefined, store);
    const again = await evaluated(text, undefined, store);
    expect([first.transitions, again.transitions, again.changes]).toEqual([1, 0, ['new']]);
  });

  it.each<[string, string, object]>([
    ['a role that is gone', snapshot({ roles: [role('other')] }), { told: [] }],
    ['an account without roles', snapshot({ roles: [] }), { transitions: 0 }],
  ])('%s has nothing to tell', async (_name, text, expected) => {
    expect(await evaluated(text)).toMatchObject(expected);
  });

  it.each<[string, string, string]>([
    ['roles that were not read', snapshot({}), 'the roles of the account were not read'],
    [
      'roles of which a part was read',
      snapshot({ roles: [role('other')] }, [{ account: ACCOUNT, ...denied }]),
      'AccessDenied',
    ],
    [
      'an account that could not be entered',
      snapshot({}, [{ account: ACCOUNT, read: 'sts:AssumeRole', reason: 'refused' }]),
      'sts:AssumeRole: refused',
    ],
    ['an account that is not in the snapshot', snapshot({ id: '999999999999' }), 'not read'],
  ])('%s are told as not judged', async (_name, text, reason) => {
    const { told } = await evaluated(text);
    expect(told).toEqual([expect.stringContaining(reason)]);
  });

  it('goes by the gaps of the account alone', async () => {
    const elsewhere = [{ account: '999999999999', ...denied }];
    expect(await evaluated(snapshot({ roles: [] }, elsewhere))).toMatchObject({ told: [] });
  });

  it.each<[string, string]>([
    ['was not read', snapshot({})],
    ['could not be entered', snapshot({}, [{ account: ACCOUNT, read: 'sts:AssumeRole', reason: 'refused' }])],
    ['was read in part', snapshot({ roles: [] }, [{ account: ACCOUNT, ...denied }])],
  ])('resolves nothing while the account %s', async (_name, unread) => {
    const store = openSqliteStore(':memory:');
    await evaluated(snapshot({ roles: [role('Payments-API')] }), undefined, store);
    const later = unread.replace('09:14:10', '09:15:10');
    expect((await evaluated(later, undefined, store)).changes).not.toContain('resolved');
    const read = snapshot({ roles: [] }).replace('09:14:10', '09:16:10');
    expect(
      (await evaluated(read, undefined, store)).changes.filter((change) => change === 'resolved'),
    ).toHaveLength(2);
  });

  it.each([
    ['no JSON', '{'],
    ['no snapshot', '{"schemaVersion":99}'],
  ])('%s is an error, not silence', async (_name, text) => {
    await expect(evaluated(text)).rejects.toThrow(LostClaimError);
  });
});

describe('a scope', () => {
  const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9';
  const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}`;
  const POLICY = `arn:aws:iam::${ACCOUNT}:policy/orders`;
  const federated = (condition: object) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: condition,
      },
    });
  const anyPod = federated({ StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' } });
  const onePod = federated({
    StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com', [`${ISSUER}:sub`]: 'system:serviceaccount:a:b' },
  });
  const cluster = {
    name: 'shop',
    arn: `arn:aws:eks:eu-west-1:${ACCOUNT}:cluster/shop`,
    status: 'ACTIVE',
    issuer: `https://${ISSUER}`,
    authenticationMode: 'API' as const,
    logging: [],
    addons: [],
    podIdentityAssociations: [
      {
        id: 'a-1',
        namespace: 'payments',
        serviceAccount: 'api',
        roleArn: `arn:aws:iam::${ACCOUNT}:role/gone`,
      },
    ],
    accessEntries: [],
    nodegroups: [],
    fargateProfiles: [],
    identityProviderConfigs: [],
    capabilities: [],
  };
  const estate = (change: Partial<Account> = {}, coverage: Snapshot['coverage'] = []) =>
    snapshot(
      {
        roles: [
          { ...role('open'), attachedPolicies: [POLICY] },
          { ...role('bounded'), permissionsBoundary: POLICY },
          { ...role('any-pod'), trustPolicy: anyPod },
          { ...role('one-pod'), trustPolicy: onePod },
        ],
        policies: [{ arn: POLICY, document: '{"Version":"2012-10-17","Statement":[]}' }],
        oidcProviders: [{ arn: PROVIDER, url: ISSUER, clientIds: ['sts.amazonaws.com'] }],
        regions: [{ name: 'eu-west-1', clusters: [cluster] }],
        ...change,
      },
      coverage,
    );
  const shop: Scope = { kind: 'cluster', account: ACCOUNT, region: 'eu-west-1', cluster: 'shop' };
  const issuer: Scope = { kind: 'issuer', account: ACCOUNT, issuer: ISSUER };
  const policy: Scope = { kind: 'policy', account: ACCOUNT, policy: POLICY };

  it.each<[string, Scope, string[], string[]]>([
    [
      'of a cluster tells what is wrong with it and the ways in from it, and nothing of other roles',
      shop,
      ['no-missing-association-role', 'no-missing-subject'],
      ['no-public-trust'],
    ],
    [
      'of an issuer tells what is wrong with the roles that trust it',
      issuer,
      ['no-missing-subject'],
      ['no-public-trust', 'no-missing-association-role'],
    ],
    [
      'of a policy tells what is wrong with the roles that have it',
      policy,
      ['no-public-trust'],
      ['no-missing-subject'],
    ],
    [
      'of an account tells everything',
      { kind: 'account', account: ACCOUNT },
      ['no-public-trust', 'no-missing-subject', 'no-missing-association-role'],
      [],
    ],
    [
      'of a role tells what concerns it and its cluster',
      { kind: 'role', account: ACCOUNT, role: 'any-pod' },
      ['no-missing-subject'],
      ['no-public-trust'],
    ],
  ])('%s', async (_name, scope, told, silent) => {
    const { told: rules } = await evaluated(estate(), scope);
    expect(rules).toEqual(expect.arrayContaining(told));
    for (const rule of silent) expect(rules).not.toContain(rule);
  });

  it('of a policy counts both the roles that have it and those that it bounds', async () => {
    const { told } = await evaluated(estate(), policy);
    expect(told.filter((rule) => rule === 'no-public-trust')).toHaveLength(2);
  });

  it('of an issuer tells of a provider that is gone, which is one finding for all its roles', async () => {
    const gone = estate({ oidcProviders: [] });
    const { told } = await evaluated(gone, issuer);
    expect(told).toContain('use-iam-oidc-provider');
    const one = await evaluated(gone, { kind: 'role', account: ACCOUNT, role: 'one-pod' });
    expect(one.told).toContain('use-iam-oidc-provider');
    const other = await evaluated(gone, { kind: 'role', account: ACCOUNT, role: 'open' });
    expect(other.told).not.toContain('use-iam-oidc-provider');
  });

  it.each<[string, Scope, Partial<Account>, Snapshot['coverage'], string]>([
    ['a cluster whose region was not read', shop, { regions: [] }, [], 'the clusters of eu-west-1'],
    [
      'a cluster whose list was refused',
      shop,
      { regions: [{ name: 'eu-west-1' }] },
      [{ account: ACCOUNT, region: 'eu-west-1', read: 'eks:ListClusters', reason: 'AccessDenied' }],
      'eks:ListClusters: AccessDenied',
    ],
    [
      'a cluster whose list was cut short',
      shop,
      { regions: [{ name: 'eu-west-1', clusters: [] }] },
      [{ account: ACCOUNT, region: 'eu-west-1', read: 'eks:ListClusters', reason: 'Throttling' }],
      'Throttling',
    ],
    [
      'a cluster that could not be described',
      shop,
      { regions: [{ name: 'eu-west-1', clusters: [{ name: 'shop', arn: cluster.arn }] }] },
      [
        {
          account: ACCOUNT,
          region: 'eu-west-1',
          cluster: 'shop',
          read: 'eks:DescribeCluster',
          reason: 'AccessDenied',
        },
      ],
      'eks:DescribeCluster',
    ],
    [
      'an issuer whose roles were not all read',
      issuer,
      {},
      [{ account: ACCOUNT, ...denied }],
      'iam:GetAccountAuthorizationDetails',
    ],
  ])('that cannot be read is told as not judged: %s', async (_name, scope, change, coverage, reason) => {
    const { told } = await evaluated(estate(change, coverage), scope);
    expect(told).toContainEqual(expect.stringContaining(reason));
  });

  it('of a cluster that is gone has nothing to tell', async () => {
    const gone = estate({ regions: [{ name: 'eu-west-1', clusters: [] }] });
    expect(await evaluated(gone, shop)).toMatchObject({ told: [] });
  });

  it('is not blind to a cluster for a gap in another region', async () => {
    const elsewhere = [{ account: ACCOUNT, region: 'us-east-1', read: 'eks:ListClusters', reason: 'x' }];
    const { told } = await evaluated(estate({}, elsewhere), shop);
    expect(told).toContain('no-missing-association-role');
  });
});
