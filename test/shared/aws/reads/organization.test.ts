import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../../shared/aws/collect.ts';
import { organizationListing } from '../../../../shared/aws/pipeline/scan-organization.ts';
import { startReading } from '../../../../shared/aws/reading.ts';
import { readOrganization } from '../../../../shared/aws/reads/organization.ts';
import type { OrganizationFilter } from '../../../../shared/aws/reads/organization-filter.ts';
import { parseSnapshot } from '../../../../shared/estate/parse-snapshot.ts';
import { writeSnapshot } from '../../../../shared/estate/write-snapshot.ts';
import { ID, stubAccount } from '../../../support/stub-account.ts';
import { stubClients } from '../../../support/stub-aws.ts';

type Answer = (input: Record<string, string | undefined>) => object;

const RCP = { Id: 'p-rcp', Name: 'perimeter' };
const DOCUMENT = '{"Version":"2012-10-17","Statement":[]}';

/** An organization of a root, a unit in a unit, and four accounts. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  ListAccounts: ({ NextToken }) =>
    NextToken === undefined
      ? { Accounts: [], NextToken: 'more' }
      : {
          Accounts: [
            { Id: '444455556666', State: 'ACTIVE', Status: 'ACTIVE' },
            { Id: ID, State: 'ACTIVE' },
            { Id: '777788889999', State: 'SUSPENDED' },
            { Id: '000011112222', State: 'CLOSED' },
            { Id: '222233334444', Status: 'ACTIVE' },
          ],
        },
  DescribeOrganization: () => ({ Organization: { Id: 'o-a1b2c3d4e5', MasterAccountId: '222233334444' } }),
  ListRoots: () => ({
    Roots: [{ Id: 'r-ab12', PolicyTypes: [{ Type: 'RESOURCE_CONTROL_POLICY', Status: 'ENABLED' }] }],
  }),
  ListOrganizationalUnitsForParent: ({ ParentId }) => ({
    OrganizationalUnits:
      ParentId === 'r-ab12' ? [{ Id: 'ou-ab12-1' }] : ParentId === 'ou-ab12-1' ? [{ Id: 'ou-ab12-2' }] : [],
  }),
  ListAccountsForParent: ({ ParentId }) => ({
    Accounts: ParentId === 'r-ab12' ? [{ Id: '222233334444' }] : ParentId === 'ou-ab12-2' ? [{ Id: ID }] : [],
  }),
  ListPolicies: () => ({ Policies: [RCP, { Id: 'p-unused', Name: 'unused' }] }),
  ListTargetsForPolicy: ({ PolicyId }) => ({
    Targets: PolicyId === 'p-rcp' ? [{ TargetId: 'ou-ab12-2' }, { TargetId: 'r-ab12' }] : [],
  }),
  DescribePolicy: () => ({ Policy: { PolicySummary: RCP, Content: DOCUMENT } }),
};

/** A real client whose requests are answered here; `calls` hears of each operation. */
function client(changes: Readonly<Record<string, Answer>> = {}, calls: string[] = []): OrganizationsClient {
  const answers = { ...ANSWERS, ...changes };
  return new OrganizationsClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ headers, body }: { headers: Record<string, string>; body: string }) => {
        const operation = (headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
        calls.push(operation);
        const answer = answers[operation]?.(JSON.parse(body)) ?? {};
        const statusCode = '__type' in answer ? 400 : 200;
        return { response: { statusCode, headers: {}, body: new Response(JSON.stringify(answer)).body } };
      },
    } as never,
  });
}

const DENIED = () => ({ __type: 'AccessDeniedException', Message: 'no' });

async function read(
  changes: Readonly<Record<string, Answer>> = {},
  calls: string[] = [],
  filter: OrganizationFilter = {},
) {
  const reading = startReading(stubClients(stubAccount), 4, () => undefined);
  const result = await readOrganization(client(changes, calls), reading, filter);
  return { result, gaps: reading.gaps };
}

describe('an organization', () => {
  it('is read with its accounts in use, the tree above them and the policies that are attached', async () => {
    const calls: string[] = [];
    const { result, gaps } = await read({}, calls);
    expect(result).toEqual({
      accounts: [ID, '222233334444', '444455556666'].sort(),
      leftOut: [],
      clusterless: [],
      unusable: ['000011112222', '777788889999'],
      complete: true,
      organization: {
        id: 'o-a1b2c3d4e5',
        managementAccount: '222233334444',
        controlPolicies: {
          service: { enabled: false, policies: [] },
          resource: {
            enabled: true,
            policies: [
              { id: 'p-rcp', name: 'perimeter', document: DOCUMENT, targets: ['ou-ab12-2', 'r-ab12'] },
            ],
          },
          paths: { '222233334444': 'r-ab12', [ID]: 'r-ab12/ou-ab12-1/ou-ab12-2' },
        },
      },
    });
    expect(gaps).toEqual([
      { account: '777788889999', read: 'sts:AssumeRole', reason: 'the account is suspended' },
    ]);
    // Two pages of accounts, two calls for each of three parents, and of the unattached policy its targets alone.
    expect(calls).toHaveLength(2 + 1 + 1 + 6 + 1 + 2 + 1);
  });

  it('leaves no gap for a suspended account that is said to have no clusters, and tells it apart', async () => {
    const { result, gaps } = await read({}, [], {
      exceptAccounts: ['444455556666'],
      // One that is read all the same, one that is left out, one that is suspended, one that nobody knows any more.
      clusterless: [ID, '444455556666', '777788889999', '123412341234'],
    });
    expect(result).toMatchObject({
      accounts: [ID, '222233334444'].sort(),
      leftOut: [],
      clusterless: ['444455556666', '777788889999'],
      unusable: ['000011112222'],
    });
    expect(gaps).toEqual([]);
  });

  it('whose accounts cannot be listed is not read at all', async () => {
    const { result, gaps } = await read({ ListAccounts: DENIED });
    expect(result).toBeNull();
    expect(gaps).toMatchObject([{ read: 'organizations:ListAccounts' }]);
  });

  it.each(['ListRoots', 'ListOrganizationalUnitsForParent', 'ListAccountsForParent'])(
    'has no control policies when %s is denied: some account may hang elsewhere',
    async (operation) => {
      const { result, gaps } = await read({ [operation]: DENIED });
      expect(result?.organization).toEqual({ id: 'o-a1b2c3d4e5', managementAccount: '222233334444' });
      expect(result?.accounts).toHaveLength(3);
      expect(gaps.map(({ read: name }) => name)).toContain(`organizations:${operation}`);
    },
  );

  it.each(['ListPolicies', 'ListTargetsForPolicy', 'DescribePolicy'])(
    'has no policies of a type when %s is denied: the one that is missing may be the one that denies',
    async (operation) => {
      const { result, gaps } = await read({ [operation]: DENIED });
      expect(result?.organization.controlPolicies).not.toHaveProperty('resource');
      expect(result?.organization.controlPolicies).toHaveProperty('service');
      expect(gaps.map(({ read: name }) => name)).toContain(`organizations:${operation}`);
    },
  );

  it.each(['PENDING_DISABLE', 'PENDING_ENABLE', undefined])(
    'has no policies of a type in the state %s: whether they hold nobody tells',
    async (Status) => {
      const { result, gaps } = await read({
        ListRoots: () => ({
          Roots: [
            {
              Id: 'r-ab12',
              PolicyTypes: [
                { Type: 'RESOURCE_CONTROL_POLICY', ...(Status && { Status }) },
                { Type: 'TAG_POLICY', Status: 'PENDING_DISABLE' },
              ],
            },
          ],
        }),
      });
      expect(result?.organization.controlPolicies).not.toHaveProperty('resource');
      expect(result?.organization.controlPolicies?.service).toEqual({ enabled: false, policies: [] });
      expect(gaps.slice(1)).toEqual([
        {
          read: 'organizations:ListRoots',
          subject: 'RESOURCE_CONTROL_POLICY',
          reason: `the organization has policies of this type in the state ${Status ?? 'unknown'}`,
        },
      ]);
    },
  );

  it('of which a page of accounts is missing is not complete', async () => {
    const { result } = await read({
      ListAccounts: ({ NextToken }) =>
        NextToken === undefined ? { Accounts: [{ Id: ID, State: 'ACTIVE' }], NextToken: 'more' } : DENIED(),
    });
    expect(result).toMatchObject({ complete: false, accounts: [ID] });
  });
});

const ALL = { units: [], exceptUnits: [], exceptAccounts: [], clusterless: [] };

describe('listing an organization for a scan', () => {
  it('names the accounts in use, those left out by choice, and the suspended ones as not read', async () => {
    const listing = await organizationListing(client())({ ...ALL, exceptAccounts: ['444455556666'] });
    expect(listing).toMatchObject({
      accounts: [ID, '222233334444'].sort(),
      leftOut: ['444455556666'],
      complete: true,
      organization: { id: 'o-a1b2c3d4e5' },
      coverage: [{ account: '777788889999', reason: 'the account is suspended' }],
    });
  });

  it('goes on without policies that may not be read, and says so', async () => {
    const listing = await organizationListing(client({ ListPolicies: DENIED }))(ALL);
    expect(listing.accounts).toHaveLength(3);
    expect(listing.coverage.map(({ read: name }) => name)).toContain('organizations:ListPolicies');
  });

  it.each<[string, Answer]>([
    ['is denied', DENIED],
    [
      'ends early',
      ({ NextToken }) =>
        NextToken === undefined ? { Accounts: [{ Id: ID, State: 'ACTIVE' }], NextToken: 'more' } : DENIED(),
    ],
  ])(
    'fails when the list of accounts %s: a scan of some would look like one of all',
    async (_, ListAccounts) => {
      await expect(organizationListing(client({ ListAccounts }))(ALL)).rejects.toMatchObject({
        name: 'OrganizationUnreadableError',
        message: expect.stringContaining('deployment.scan.accounts'),
      });
    },
  );

  it('refuses a choice that names a unit that is not there', async () => {
    await expect(
      organizationListing(client())({ ...ALL, units: ['ou-ab12-99999999'] }),
    ).rejects.toMatchObject({
      name: 'OrganizationFilterError',
    });
  });
});

describe('collecting an organization', () => {
  const now = () => new Date('2026-11-22T12:00:00Z');

  it('reads every account of it, and keeps what a snapshot may hold', async () => {
    const snapshot = await collect({ clients: stubClients(stubAccount), now, organization: client() });
    expect(snapshot.accounts.map(({ id }) => id).sort()).toEqual([ID, '222233334444', '444455556666'].sort());
    expect(snapshot.organization).toMatchObject({ complete: true, id: 'o-a1b2c3d4e5' });
    expect(parseSnapshot(writeSnapshot(snapshot))).toEqual({ snapshot });
  });

  it('leaves out an account that is said to have no clusters without losing the whole', async () => {
    const exceptAccounts = ['444455556666'];
    const of = async (clusterless: string[]) =>
      (
        await collect({
          clients: stubClients(stubAccount),
          now,
          organization: client(),
          filter: { exceptAccounts, clusterless },
        })
      ).organization;
    expect(await of([])).toMatchObject({ complete: false });
    expect(await of(exceptAccounts)).toMatchObject({
      complete: true,
      accounts: ['000011112222', '444455556666', '777788889999'],
      clusterless: exceptAccounts,
    });
  });

  it('in some regions alone does not claim to have seen the whole', async () => {
    const options = {
      clients: stubClients(stubAccount),
      now,
      organization: client(),
      regions: ['eu-west-1'],
    };
    expect((await collect(options)).organization?.complete).toBe(false);
  });

  it('goes on with the own account where the organization says nothing', async () => {
    const denied = client({ ListAccounts: DENIED });
    const snapshot = await collect({ clients: stubClients(stubAccount), now, organization: denied });
    expect(snapshot.accounts.map(({ id }) => id)).toEqual([ID]);
    expect(snapshot).not.toHaveProperty('organization');
    expect(snapshot.coverage).toMatchObject([{ read: 'organizations:ListAccounts' }]);
  });
});
