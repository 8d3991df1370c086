import { describe, expect, it } from 'vitest';
import { collect } from '../../../shared/aws/collect.ts';
import type { Progress } from '../../../shared/aws/progress.ts';
import { parseSnapshot } from '../../../shared/estate/parse-snapshot.ts';
import { writeSnapshot } from '../../../shared/estate/write-snapshot.ts';
import { BOUNDARY, ID, stubAccount, TRUST } from '../../support/stub-account.ts';
import { type StubCall, type StubService, stubClients } from '../../support/stub-aws.ts';

const now = () => new Date('2026-11-22T12:00:00Z');
const read = (service: StubService, options: object = {}, calls: StubCall[] = []) =>
  collect({ clients: stubClients(service, calls), now, ...options });

/** The stub with some operations answered otherwise. */
const but =
  (changes: Record<string, StubService>): StubService =>
  (call) =>
    (changes[call.operation] ?? stubAccount)(call);

describe('collect', () => {
  it('reads everything of an account without a gap', async () => {
    const snapshot = await read(stubAccount);
    await expect(writeSnapshot(snapshot)).toMatchFileSnapshot('../../fixtures/stub-account.json');
    expect(snapshot.coverage).toEqual([]);
    expect(parseSnapshot(writeSnapshot(snapshot))).toEqual({ snapshot });
    expect(snapshot.accounts[0]?.roles?.[0]?.trustPolicy).toBe(TRUST);
  });

  it('gives the same bytes whatever the order and the size of the pages', async () => {
    const reversed = but({
      GetAccountAuthorizationDetails: () => {
        const pages = [undefined, '1'].map((Marker) =>
          stubAccount({ ...call('GetAccountAuthorizationDetails'), input: { Marker } }),
        ) as { RoleDetailList: object[]; Policies: object[] }[];
        return {
          RoleDetailList: pages.flatMap((page) => page.RoleDetailList).reverse(),
          Policies: pages.flatMap((page) => page.Policies).reverse(),
          IsTruncated: false,
        };
      },
      ListAddons: ({ input }) => ({
        addons: input['clusterName'] === 'prod' ? ['eks-pod-identity-agent', 'coredns', 'coredns'] : [],
      }),
    });
    expect(writeSnapshot(await read(reversed))).toBe(writeSnapshot(await read(stubAccount)));
  });

  it('tells progress after every call', async () => {
    const told: Progress[] = [];
    const calls: StubCall[] = [];
    await collect({ clients: stubClients(stubAccount, calls), now }, (progress) => told.push(progress));
    // The first call says who asks, before there is anything to tell.
    expect(told).toHaveLength(calls.length - 1);
    expect(told.at(-1)).toMatchObject({ calls: calls.length - 1, gaps: 0 });
    expect(told.map(({ doing }) => doing)).toContain(`eks:ListAddons ${ID} eu-west-1 prod`);
  });

  it('keeps no more calls under way than it may', async () => {
    let open = 0;
    let most = 0;
    const clients = stubClients(stubAccount);
    await collect({
      clients: (kind, account, region) => {
        const client = clients(kind, account, region);
        if (!watched.has(client)) {
          watched.add(client);
          const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
          Object.assign(client, {
            send: async (command: unknown) => {
              most = Math.max(most, ++open);
              return send(command).finally(() => open--);
            },
          });
        }
        return client;
      },
      concurrency: 3,
      now,
    });
    expect(most).toBe(3);
  });
  const watched = new WeakSet<object>();

  it('keeps text that is not encoded, or wrongly, as it is', async () => {
    const documents = ['{"Statement":"100%"}', '%7B%ZZ', '%7B%22a%22%3A%22b%2Bc%20d%22%7D'];
    const snapshot = await read(
      but({
        GetAccountAuthorizationDetails: () => ({
          RoleDetailList: documents.map((AssumeRolePolicyDocument, index) => ({
            Arn: `arn:aws:iam::${ID}:role/r${index}`,
            AssumeRolePolicyDocument,
            RolePolicyList: [],
            AttachedManagedPolicies: [],
          })),
          Policies: [],
          IsTruncated: false,
        }),
      }),
    );
    expect(snapshot.accounts[0]?.roles?.map(({ trustPolicy }) => trustPolicy)).toEqual([
      '{"Statement":"100%"}',
      '%7B%ZZ',
      '{"a":"b+c d"}',
    ]);
  });

  it('keeps the roles of a page that says there are more and not where', async () => {
    const page = { ...call('GetAccountAuthorizationDetails'), input: {} };
    const snapshot = await read(
      but({
        GetAccountAuthorizationDetails: () => {
          const { Marker: _, ...rest } = stubAccount(page) as { Marker?: string };
          return rest;
        },
      }),
    );
    expect(snapshot.accounts[0]?.roles).toHaveLength(1);
    expect(snapshot.coverage).toMatchObject([
      { read: 'iam:GetAccountAuthorizationDetails', reason: 'malformed answer: cut off without a marker' },
    ]);
  });

  it('keeps who the users are, page by page, and not what they may do', async () => {
    const user = (name: string) => ({
      Arn: `arn:aws:iam::${ID}:user/ops/${name}`,
      UserId: `AIDA${name.toUpperCase()}`,
      CreateDate: new Date('2026-01-02T03:04:05Z'),
      UserPolicyList: [{ PolicyName: 'p', PolicyDocument: '%7B%7D' }],
    });
    const calls: StubCall[] = [];
    const snapshot = await read(
      but({
        GetAccountAuthorizationDetails: ({ input }) => ({
          UserDetailList: [user(input['Marker'] === undefined ? 'ann' : 'bob')],
          RoleDetailList: [],
          Policies: [],
          ...(input['Marker'] === undefined ? { IsTruncated: true, Marker: '1' } : { IsTruncated: false }),
        }),
      }),
      {},
      calls,
    );
    expect(snapshot.accounts[0]?.users).toEqual(
      ['ann', 'bob'].map((name) => ({
        arn: `arn:aws:iam::${ID}:user/ops/${name}`,
        created: '2026-01-02T03:04:05.000Z',
        id: `AIDA${name.toUpperCase()}`,
      })),
    );
    const bulk = calls.find(({ operation }) => operation === 'GetAccountAuthorizationDetails');
    expect(bulk?.input['Filter']).toContain('User');
  });

  it('says of an answer without a list of users that they were not read', async () => {
    const snapshot = await read(stubAccount);
    expect(snapshot.accounts[0]).not.toHaveProperty('users');
  });

  it.each([
    ['names no ARN', { Arn: undefined }],
    ['has no trust policy', { AssumeRolePolicyDocument: undefined }],
    ['has an attachment without ARN', { AttachedManagedPolicies: [{ PolicyName: 'x' }] }],
  ])('leaves out a role that %s, and says so', async (_, change) => {
    const good = { Arn: `arn:aws:iam::${ID}:role/good`, RoleName: 'good', AssumeRolePolicyDocument: '{}' };
    const snapshot = await read(
      but({
        GetAccountAuthorizationDetails: () => ({
          RoleDetailList: [good, ...without({ ...good, Arn: `${good.Arn}2`, ...change })],
          Policies: [],
          IsTruncated: false,
        }),
      }),
    );
    expect(snapshot.accounts[0]?.roles).toEqual([{ arn: good.Arn, trustPolicy: '{}' }]);
    expect(snapshot.coverage).toMatchObject([{ read: 'iam:GetAccountAuthorizationDetails' }]);
    expect(snapshot.coverage[0]?.reason).toMatch(/^malformed answer/);
  });

  it('asks for the documents that the bulk read left out, and for no others', async () => {
    const calls: StubCall[] = [];
    await read(stubAccount, {}, calls);
    expect(
      calls.filter(({ operation }) => operation === 'GetPolicy').map(({ input }) => input['PolicyArn']),
    ).toEqual([BOUNDARY]);
  });

  it('does not ask a cluster for access entries that authenticates by aws-auth alone', async () => {
    const calls: StubCall[] = [];
    await read(stubAccount, {}, calls);
    const asked = calls.filter(({ operation }) => operation === 'ListAccessEntries');
    expect(new Set(asked.map(({ input }) => input['clusterName']))).toEqual(new Set(['prod']));
  });

  it('leaves other regions in the snapshot without clusters when it was told where to look', async () => {
    const snapshot = await read(stubAccount, { regions: ['eu-north-1'] });
    expect(snapshot.accounts[0]?.regions).toEqual([
      { name: 'eu-north-1', clusters: [] },
      { name: 'eu-west-1' },
    ]);
    expect(snapshot.coverage).toEqual([]);
  });

  it('asks one region for trails when a multi-region trail takes all management events', async () => {
    const calls: StubCall[] = [];
    const everything = but({
      GetEventSelectors: () => ({
        EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All' }],
      }),
    });
    const snapshot = await read(everything, {}, calls);
    expect(
      calls.filter(({ operation }) => operation === 'DescribeTrails').map(({ region }) => region),
    ).toEqual(['us-east-1']);
    expect(snapshot.accounts[0]?.trails).toMatchObject([{ managementEvents: 'all', multiRegion: true }]);
  });

  it('falls back to the regions that every account has, and says that there may be more', async () => {
    const snapshot = await read(but({ ListRegions: () => ({}), ListClusters: () => ({ clusters: [] }) }));
    expect(snapshot.accounts[0]?.regions).toHaveLength(17);
    expect(snapshot.coverage).toEqual([
      { account: ID, read: 'account:ListRegions', reason: 'malformed answer: the list is missing' },
    ]);
  });
});

const call = (operation: string): StubCall => ({
  service: 'iam',
  operation,
  input: {},
  account: null,
  region: 'us-east-1',
});

/** A list of the one object, without the keys that are undefined. */
const without = (data: object): object[] => [JSON.parse(JSON.stringify(data))];
