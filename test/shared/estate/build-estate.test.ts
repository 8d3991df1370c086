import { describe, expect, it } from 'vitest';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { AccountView, ClusterList } from '../../../shared/estate/estate.ts';
import type { Account, Cluster, CoverageGap, Snapshot } from '../../../shared/estate/snapshot.ts';

const A = '111122223333';
const B = '444455556666';
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/ABC';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

const cluster = (more: Partial<Cluster> = {}): Cluster => ({
  name: 'prod',
  arn: `arn:aws:eks:eu-west-1:${A}:cluster/prod`,
  status: 'ACTIVE',
  issuer: `https://${ISSUER}`,
  ...more,
});

const account = (more: Partial<Account> = {}): Account => ({ id: A, partition: 'aws', ...more });

const inRegion = (...clusters: Cluster[]): Account => account({ regions: [{ name: 'eu-west-1', clusters }] });

const snapshot = (accounts: Account[], coverage: CoverageGap[] = [], complete = true): Snapshot => ({
  schemaVersion: 1,
  takenAt: '2026-11-22T12:00:00Z',
  organization: { complete },
  accounts,
  coverage,
});

describe('indexes', () => {
  it('finds clusters by issuer, whatever the case of its host, and by name across accounts', () => {
    const other = {
      ...inRegion(cluster({ issuer: 'https://OIDC.eks.eu-west-1.amazonaws.com/id/ABC/' })),
      id: B,
    };
    const estate = buildEstate(snapshot([inRegion(cluster()), other]));
    expect(estate.clustersByIssuer.get(ISSUER)?.map((view) => view.account.id)).toEqual([A, B]);
    expect(estate.clustersByName.get('prod')).toHaveLength(2);
    expect(estate.clusters[0]).toMatchObject({ region: 'eu-west-1', issuerKey: ISSUER });
  });

  it('finds an association once by its role and once by its target role', () => {
    const first = `arn:aws:iam::${A}:role/first`;
    const target = `arn:aws:iam::${B}:role/target`;
    const associations = [
      { id: 'a-1', namespace: 'n', serviceAccount: 's', roleArn: first, targetRoleArn: target },
      { id: 'a-2', namespace: 'n', serviceAccount: 't', roleArn: first, targetRoleArn: first },
      { id: 'a-3', namespace: 'n', serviceAccount: 'u' },
    ];
    const { associationsByRole } = buildEstate(
      snapshot([inRegion(cluster({ podIdentityAssociations: associations }))]),
    );
    const ids = (role: string) => associationsByRole.get(role)?.map(({ association }) => association.id);
    expect(ids(first)).toEqual(['a-1', 'a-2']);
    expect(ids(target)).toEqual(['a-1']);
    expect(associationsByRole.size).toBe(2);
  });

  it('names a role without its path', () => {
    const arn = `arn:aws-cn:iam::${A}:role/a/b/app`;
    const { roleByArn } = buildEstate(snapshot([account({ roles: [{ arn, trustPolicy: TRUST }] })]));
    expect(roleByArn.get(arn)?.name).toBe('app');
  });

  it('finds a provider by the issuer in its ARN when its URL was not read', () => {
    const provider = { arn: `arn:aws:iam::${A}:oidc-provider/${ISSUER}` };
    const view = buildEstate(snapshot([account({ oidcProviders: [provider] })])).accounts.get(A);
    expect(view?.providersByIssuer.get(ISSUER)).toBe(provider);
    expect(view?.providersByArn.get(provider.arn)).toBe(provider);
  });

  it('parses a trust policy once, when first asked', () => {
    const roles = [TRUST, '{'].map((trustPolicy, index) => ({
      arn: `arn:aws:iam::${A}:role/r${index}`,
      trustPolicy,
    }));
    const [good, broken] = buildEstate(snapshot([account({ roles })])).roles;
    expect(good?.trust()).toBe(good?.trust());
    expect(good?.trust().policy?.statements).toHaveLength(1);
    expect(good?.trust().compiled).not.toBeNull();
    expect(broken?.trust()).toMatchObject({ policy: null, compiled: null, text: '{' });
    expect(broken?.trust().parse.problems).not.toEqual([]);
  });

  it('grades a role by the managed policies that any account read', () => {
    const admin = 'arn:aws:iam::aws:policy/job-function/Everything';
    const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
    const role = (attachedPolicies?: string[]) => ({
      arn: `arn:aws:iam::${A}:role/r`,
      trustPolicy: TRUST,
      inlinePolicies: [],
      ...(attachedPolicies && { attachedPolicies }),
    });
    const grade = (roles: Account['roles'] & object, policies: Account['policies'] & object) =>
      buildEstate(snapshot([account({ roles }), account({ id: B, policies })])).roles[0]?.privileges().grade;
    expect(grade([role([admin])], [{ arn: admin, document }])).toBe('admin');
    expect(grade([role([admin])], [])).toBe('unknown');
    expect(grade([role()], [])).toBe('unknown');
  });
});

describe('a list that was not read', () => {
  const lists = ['roles', 'policies', 'users', 'oidcProviders', 'trails', 'regions'] satisfies Parameters<
    AccountView['missing']
  >[0][];
  const clusterLists: ClusterList[] = [
    'addons',
    'podIdentityAssociations',
    'accessEntries',
    'nodegroups',
    'fargateProfiles',
    'identityProviderConfigs',
    'capabilities',
    'logging',
  ];

  it.each(lists)('%s of an account is missing when absent, and not when empty', (list) => {
    const of = (more: Partial<Account>) =>
      buildEstate(snapshot([account(more)]))
        .accounts.get(A)
        ?.missing(list);
    expect(of({})).toMatchObject({ reason: 'not in the snapshot' });
    expect(of({ [list]: [] })).toBeNull();
  });

  it.each(clusterLists)('%s of a cluster is missing when absent, and not when empty', (list) => {
    const of = (more: Partial<Cluster>) =>
      buildEstate(snapshot([inRegion(cluster(more))])).clusters[0]?.missing(list);
    expect(of({})?.read).toMatch(/^eks:/);
    expect(of({ [list]: [] })).toBeNull();
  });

  it('says why it is absent: its own failed read, else the account that could not be entered', () => {
    const denied = { account: A, read: 'iam:ListOpenIDConnectProviders', reason: 'AccessDenied' };
    const outside = { account: A, read: 'sts:AssumeRole', reason: 'no such role' };
    const view = buildEstate(snapshot([account()], [denied, outside])).accounts.get(A);
    expect(view?.missing('oidcProviders')).toEqual({ read: denied.read, reason: denied.reason });
    expect(view?.missing('roles')).toEqual({ read: outside.read, reason: outside.reason });
  });
});

describe('a list that was read in part', () => {
  const read = { addons: [], podIdentityAssociations: [] };
  const gapOf = (gap: Partial<CoverageGap>): CoverageGap => ({
    read: 'eks:ListAddons',
    reason: 'page 2: denied',
    ...gap,
  });
  const missing = (gap: Partial<CoverageGap>, list: ClusterList = 'addons') =>
    buildEstate(snapshot([inRegion(cluster(read))], [gapOf(gap)])).clusters[0]?.missing(list) ?? null;

  it.each([
    ['names the cluster', { account: A, region: 'eu-west-1', cluster: 'prod' }, true],
    ['names its region alone', { account: A, region: 'eu-west-1' }, true],
    ['names its account alone', { account: A }, true],
    ['names no place', {}, true],
    [
      'is about one add-on of the cluster',
      { account: A, region: 'eu-west-1', cluster: 'prod', read: 'eks:DescribeAddon', subject: 'x' },
      true,
    ],
    ['names another cluster', { account: A, region: 'eu-west-1', cluster: 'test' }, false],
    ['names another region', { account: A, region: 'eu-west-2', cluster: 'prod' }, false],
    ['names another account', { account: B, region: 'eu-west-1', cluster: 'prod' }, false],
    ['is about another list', { account: A, read: 'eks:ListNodegroups' }, false],
  ])('is missing by a gap that %s: %o', (_, gap, expected) => {
    expect(missing(gap) !== null).toBe(expected);
    expect(missing(gap, 'podIdentityAssociations')).toBeNull();
  });

  it('counts a trail that could not be read in any region', () => {
    const gap = { account: A, region: 'eu-west-2', read: 'cloudtrail:DescribeTrails', reason: 'denied' };
    const view = buildEstate(snapshot([account({ trails: [] })], [gap])).accounts.get(A);
    expect(view?.missing('trails')).toMatchObject({ reason: 'denied' });
  });

  it('stays complete when one provider could not be described: its ARN says which issuer it is', () => {
    const gap = { account: A, read: 'iam:GetOpenIDConnectProvider', subject: 'arn', reason: 'denied' };
    const of = (coverage: CoverageGap[]) =>
      buildEstate(snapshot([account({ oidcProviders: [] })], coverage))
        .accounts.get(A)
        ?.missing('oidcProviders');
    expect(of([gap])).toBeNull();
    const { subject: _, ...all } = gap;
    expect(of([all])).not.toBeNull();
  });
});

describe('an issuer', () => {
  it.each([
    ['that was read is not missing', {}, false],
    [
      'of a cluster that is being created does not exist yet',
      { status: 'CREATING', issuer: undefined },
      false,
    ],
    ['of a cluster that was not described is missing', { status: undefined, issuer: undefined }, true],
  ])('%s', (_, more, missing) => {
    const changed = Object.fromEntries(
      Object.entries({ ...cluster(), ...more }).filter(([, value]) => value !== undefined),
    ) as Cluster;
    const [view] = buildEstate(snapshot([inRegion(changed)])).clusters;
    expect(view?.missing('issuer') !== null).toBe(missing);
  });
});

describe('every cluster is seen', () => {
  const sees = (accounts: Account[], coverage: CoverageGap[] = [], complete = true) =>
    buildEstate(snapshot(accounts, coverage, complete)).seesEveryCluster();
  const gap = (more: Partial<CoverageGap>): CoverageGap => ({
    read: 'eks:ListClusters',
    reason: 'denied',
    ...more,
  });

  it('when every account, region and description was read', () => {
    expect(sees([inRegion(cluster())])).toBe(true);
  });

  it.each<[string, Account[], CoverageGap[], boolean]>([
    ['the organization is not complete', [inRegion(cluster())], [], false],
    ['an account has no regions', [inRegion(cluster()), account({ id: B })], [], true],
    ['a region has no clusters list', [account({ regions: [{ name: 'eu-west-1' }] })], [], true],
    [
      'the list of regions has a gap',
      [inRegion(cluster())],
      [gap({ account: A, read: 'account:ListRegions' })],
      true,
    ],
    [
      'the list of clusters of a region was cut off',
      [inRegion(cluster())],
      [gap({ account: A, region: 'eu-west-1' })],
      true,
    ],
    [
      'the accounts of the organization could not be listed',
      [inRegion(cluster())],
      [gap({ read: 'organizations:ListAccounts' })],
      true,
    ],
    [
      'a cluster was not described',
      [inRegion({ name: 'x', arn: `arn:aws:eks:eu-west-1:${A}:cluster/x` })],
      [],
      true,
    ],
  ])('not when %s', (_, accounts, coverage, complete) => {
    expect(sees(accounts, coverage, complete)).toBe(false);
  });

  it('whatever else could not be read', () => {
    expect(
      sees(
        [inRegion(cluster())],
        [gap({ account: A, region: 'eu-west-1', cluster: 'prod', read: 'eks:ListAddons' })],
      ),
    ).toBe(true);
  });
});
