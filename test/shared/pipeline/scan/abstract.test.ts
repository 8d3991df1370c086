import { describe, expect, it } from 'vitest';
import type { Account, Cluster, Snapshot } from '../../../../shared/estate/snapshot.ts';
import { issuerId } from '../../../../shared/joining/issuer-id.ts';
import { abstractOf, collectedSchema } from '../../../../shared/pipeline/scan/abstract.ts';
import { readingDigest } from '../../../../shared/pipeline/scan/reading-digest.ts';

const A = '111122223333';
const B = '444455556666';
const ID = 'EXAMPLED539D4633E53DE1B71EXAMPLE';
const ISSUER = `https://oidc.eks.eu-west-1.amazonaws.com/id/${ID}`;

const cluster = (more: Partial<Cluster> = {}): Cluster => ({
  name: 'shop',
  arn: `arn:aws:eks:eu-west-1:${A}:cluster/shop`,
  status: 'ACTIVE',
  issuer: ISSUER,
  ...more,
});

function snapshotOf(account: Partial<Account>, coverage: Snapshot['coverage'] = []): Snapshot {
  return {
    schemaVersion: 1,
    takenAt: '2026-11-20T09:00:00.000Z',
    accounts: [{ id: A, partition: 'aws', regions: [], ...account }],
    coverage,
  };
}

function abstract(snapshot: Snapshot, bindings: Parameters<typeof abstractOf>[0]['bindings'] = undefined) {
  const [account] = snapshot.accounts;
  if (account === undefined) throw new Error('The snapshot has an account.');
  const made = abstractOf({ snapshot, account, key: 'k', digest: 'd', bindings });
  expect(collectedSchema.parse(JSON.parse(JSON.stringify(made)))).toEqual(made);
  return made;
}

const SERVICE_ACCOUNT = { namespace: 'shop', name: 'checkout' };

const regions = (...clusters: Cluster[]): Account['regions'] => [{ name: 'eu-west-1', clusters }];

describe('the abstract of an account', () => {
  it('names the issuers of its clusters, and those that it trusts and has no cluster of', () => {
    const trust = (issuer: string) =>
      JSON.stringify({
        Statement: [{ Principal: { Federated: `arn:aws:iam::${A}:oidc-provider/${issuer}` } }],
      });
    const elsewhere = 'oidc.eks.us-east-1.amazonaws.com/id/FEDCBA98765432100123456789ABCDEF';
    const made = abstract(
      snapshotOf({
        regions: regions(cluster()),
        roles: [
          { arn: `arn:aws:iam::${A}:role/x/own`, trustPolicy: trust(ISSUER.replace('https://', '')) },
          {
            arn: `arn:aws:iam::${A}:role/x/foreign`,
            trustPolicy: trust(elsewhere),
            tags: { 'alpha.eksctl.io/cluster-name': 'prod', owner: 'alice' },
          },
        ],
      }),
    );
    expect(made.clusters).toEqual([{ name: 'shop', region: 'eu-west-1', issuer: ID.toLowerCase() }]);
    expect(made.trusts).toEqual([{ issuer: 'fedcba98765432100123456789abcdef', names: ['foreign', 'prod'] }]);
  });

  it.each<[string, Partial<Cluster>, Parameters<typeof abstractOf>[0]['bindings'], boolean]>([
    [
      'its ServiceAccounts were read',
      { kubernetes: { serviceAccounts: [SERVICE_ACCOUNT] } },
      undefined,
      true,
    ],
    ['the configuration declares who is meant to have which role', {}, [], true],
    ['neither is so', {}, undefined, false],
  ])('asks who trusts its clusters where %s: %#', (_what, more, bindings, expected) => {
    expect(abstract(snapshotOf({ regions: regions(cluster(more)) }), bindings).heedsTrusts).toBe(expected);
  });

  it('names the managed policies of AWS that were read with it, and no others', () => {
    const policies = ['arn:aws:iam::aws:policy/ReadOnlyAccess', `arn:aws:iam::${A}:policy/own`].map(
      (arn) => ({ arn, document: '{}' }),
    );
    expect(abstract(snapshotOf({ policies })).policies).toEqual(['arn:aws:iam::aws:policy/ReadOnlyAccess']);
  });

  it.each([
    ['a trust policy names with escaped slashes', (issuer: string) => issuer.replaceAll('/', '\\/'), []],
    ['tokens had with which its roles were asked for', () => '', [ISSUER]],
  ])('names issuers that %s', (_how, written, observed) => {
    const name = written(ISSUER.replace('https://', ''));
    const trustPolicy = `{"Statement":[{"Principal":{"Federated":"arn:aws:iam::${A}:oidc-provider\\/${name}"}}]}`;
    const snapshot = snapshotOf({
      roles: name === '' ? [] : [{ arn: `arn:aws:iam::${A}:role/api`, trustPolicy }],
    });
    const [account] = snapshot.accounts;
    if (account === undefined) throw new Error('The snapshot has an account.');
    const { trusts } = abstractOf({
      snapshot,
      account,
      key: 'k',
      digest: 'd',
      bindings: undefined,
      observed,
    });
    expect(trusts.map(({ issuer }) => issuer)).toEqual([ID.toLowerCase()]);
  });

  it('names roles elsewhere that its pods get, and whom its clusters let in', () => {
    const made = abstract(
      snapshotOf({
        regions: regions(
          cluster({
            podIdentityAssociations: [
              {
                id: 'a-1',
                namespace: 'shop',
                serviceAccount: 'api',
                roleArn: `arn:aws:iam::${A}:role/own`,
                targetRoleArn: `arn:aws:iam::${B}:role/team/Orders`,
              },
            ],
            accessEntries: [{ principalArn: `arn:aws:iam::${B}:role/Admin` }],
          }),
        ),
      }),
    );
    expect(made).toMatchObject({ pods: [`${B}/orders`], entries: [`${B}/admin`], named: [B] });
  });

  it('names the accounts of aws-auth and of bindings', () => {
    const kubernetes = {
      takenAt: '2026-11-20T09:00:00Z',
      awsAuth: { data: { mapAccounts: '- "777788889999"' } },
    } as unknown as NonNullable<Cluster['kubernetes']>;
    const made = abstract(snapshotOf({ regions: regions(cluster({ kubernetes })) }), [
      { cluster: 'shop', namespace: 'shop', serviceAccount: 'api', role: `arn:aws:iam::${B}:role/api` },
    ]);
    expect(made.named).toEqual([B, '777788889999']);
  });

  it.each<[string, Partial<Account>, Snapshot['coverage'], boolean]>([
    ['everything was read', { regions: regions(cluster()) }, [], true],
    [
      'a cluster is being made and has no issuer yet',
      { regions: regions(cluster({ issuer: undefined as never })) },
      [],
      true,
    ],
    ['the regions were not read', { regions: undefined as never }, [], false],
    ['the clusters of a region were not listed', { regions: [{ name: 'eu-west-1' }] }, [], false],
    [
      'a cluster is known by name alone',
      { regions: regions({ name: 'shop', arn: `arn:aws:eks:eu-west-1:${A}:cluster/shop` }) },
      [],
      false,
    ],
    [
      'regions may be missing from the list',
      { regions: regions(cluster()) },
      [{ account: A, read: 'account:ListRegions', reason: 'AccessDenied' }],
      false,
    ],
    [
      'something else was not read',
      { regions: regions(cluster()) },
      [{ account: A, read: 'iam:GetAccountSummary', reason: 'AccessDenied' }],
      true,
    ],
  ])('whether it shows its clusters: %s', (_name, account, coverage, shows) => {
    expect(abstract(snapshotOf(account, coverage)).showsClusters).toBe(shows);
  });

  const arnOf = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
  const issuers = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      arn: `arn:aws:iam::${A}:oidc-provider/id${at}.example.com`,
    }));
  const trusting = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      arn: arnOf(A, `r${at}`),
      trustPolicy: JSON.stringify({ Statement: [{ Principal: { AWS: arnOf(B, 'x') } }] }),
    }));
  const entries = (count: number) => ({
    regions: regions(
      cluster({
        accessEntries: Array.from({ length: count }, (_, at) => ({
          principalArn: arnOf(B, `r${at}`),
          groups: [],
          policies: [],
        })),
      }),
    ),
  });

  it.each<[string, (count: number) => Partial<Account>]>([
    ['issuers that it trusts', (count) => ({ oidcProviders: issuers(count) })],
    ['roles that trust other accounts', (count) => ({ roles: trusting(count) })],
    ['roles that its clusters let in', entries],
    ['clusters', (count) => ({ regions: regions(...Array.from({ length: count }, () => cluster())) })],
  ])('of more than 2,500 %s it says that it has not all, and counts that as a gap', (_what, having) => {
    const [all, cut] = [abstract(snapshotOf(having(2_500))), abstract(snapshotOf(having(2_501)))];
    expect([all.isWhole, all.gaps, cut.isWhole, cut.gaps]).toEqual([true, 0, false, 1]);
    for (const list of [cut.trusts, cut.trusting, cut.entries, cut.clusters])
      expect(list.length).toBeLessThanOrEqual(2_500);
  });
});

it.each([
  ['with its scheme', ISSUER],
  ['with a slash at its end', `${ISSUER}/`],
  ['under its other address', `oidc-eks.eu-west-1.api.aws/id/${ID}`],
  ['in small letters', ISSUER.toLowerCase()],
])('an issuer is looked up the same %s', (_how, text) => {
  expect(issuerId(text)).toBe(ID.toLowerCase());
});

it('an issuer without a path is looked up by its host', () => {
  expect(issuerId('https://Token.Example.com/')).toBe('token.example.com');
});

describe('the digest of a reading', () => {
  const role = { arn: `arn:aws:iam::${A}:role/x`, trustPolicy: '{}' };
  const digest = (snapshot: Snapshot) => readingDigest(snapshot, (text) => text);

  it('is the same when only time went by', () => {
    const before = snapshotOf({ roles: [{ ...role, lastUsed: { at: '2026-11-19T09:00:00Z' } }] });
    const after = {
      ...snapshotOf({ roles: [{ ...role, lastUsed: { at: '2026-11-20T08:00:00Z' } }] }),
      takenAt: '2026-11-21T09:00:00.000Z',
    };
    expect(digest(after)).toBe(digest(before));
  });

  it.each<[string, Partial<Account>, Snapshot['coverage']]>([
    ['a trust policy', { roles: [{ ...role, trustPolicy: '{"a":1}' }] }, []],
    ['a tag, even one named lastUsed', { roles: [{ ...role, tags: { lastUsed: 'today' } }] }, []],
    ['a gap', { roles: [role] }, [{ account: A, read: 'iam:GetRole', reason: 'AccessDenied' }]],
  ])('is another when %s is', (_what, account, coverage) => {
    expect(digest(snapshotOf(account, coverage))).not.toBe(digest(snapshotOf({ roles: [role] })));
  });
});
