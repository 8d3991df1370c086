import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../../shared/aws/collect.ts';
import { readPermissions } from '../../../shared/aws/permissions.ts';
import type { Account, Cluster, Snapshot } from '../../../shared/estate/snapshot.ts';
import { snapshotSchema } from '../../../shared/estate/snapshot.ts';
import { ANSWERS, ID, stubAccount } from '../../support/stub-account.ts';
import {
  type StubAnswer,
  type StubCall,
  type StubService,
  stubClients,
  wireError,
} from '../../support/stub-aws.ts';

const now = () => new Date('2026-11-22T12:00:00Z');

type Fault = (call: StubCall) => { readonly wire: StubAnswer };

/** What can go wrong with one call, and what the gap says then. */
const FAULTS: Record<string, { fault: Fault; reason: RegExp }> = {
  denied: {
    fault: ({ service, operation }) =>
      wireError(service, 403, 'AccessDeniedException', `not authorized to perform: ${operation}`),
    reason: /AccessDenied.*not authorized to perform/,
  },
  throttled: {
    fault: ({ service }) => wireError(service, 429, 'ThrottlingException', 'Rate exceeded'),
    reason: /Throttling.*Rate exceeded/,
  },
  'a server error': {
    fault: ({ service }) => wireError(service, 500, 'InternalFailure', 'try again'),
    reason: /InternalFailure/,
  },
  'a proxy’s page': {
    fault: () => ({
      wire: { status: 503, headers: { 'content-type': 'text/html' }, body: '<html><body>no</body></html>' },
    }),
    reason: /./,
  },
  'a timeout': {
    fault: () => {
      throw Object.assign(new Error('Request timed out after 60000 ms'), { name: 'TimeoutError' });
    },
    reason: /TimeoutError: Request timed out/,
  },
  unimplemented: {
    fault: ({ service }) => wireError(service, 404, 'UnknownOperationException', ''),
    reason: /UnknownOperation/,
  },
};

interface Row {
  readonly operation: string;
  /** The read that the gap names. */
  readonly read: string;
  /** What the account looks like when no call of the operation is answered. */
  readonly lost: (account: Account) => void;
  /** What it looks like when the second page is not answered. */
  readonly cut?: (account: Account) => void;
}

/** Changes every item of a list. */
function each<T>(items: readonly T[], change: (item: T) => void): void {
  for (const item of items) change(item);
}

const prod = (account: Account): Cluster => account.regions![1]!.clusters![0]!;
const clusters = (account: Account): Cluster[] => account.regions![1]!.clusters!;

const list = (operation: string, key: keyof Cluster): Row => ({
  operation,
  read: `eks:${operation}`,
  lost: (account) => {
    for (const cluster of clusters(account)) delete cluster[key];
  },
  cut: (account) => {
    (prod(account)[key] as unknown[]).pop();
  },
});

const described = (operation: string, key: keyof Cluster, known: readonly string[]): Row => ({
  operation,
  read: `eks:${operation}`,
  lost: (account) => {
    const things = prod(account)[key] as Record<string, unknown>[];
    Object.assign(prod(account), {
      [key]: things.map((thing) => Object.fromEntries(known.map((name) => [name, thing[name]]))),
    });
  },
});

const ROWS: readonly Row[] = [
  {
    operation: 'GetAccountAuthorizationDetails',
    read: 'iam:GetAccountAuthorizationDetails',
    lost: (account) => {
      delete account.roles;
      delete account.policies;
    },
    cut: (account) => {
      account.roles!.pop();
      // The boundary's document may have been on the lost page: it is not asked for.
      account.policies!.shift();
    },
  },
  ...['GetPolicy', 'GetPolicyVersion'].map((operation) => ({
    operation,
    read: `iam:${operation}`,
    lost: (account: Account) => void account.policies!.shift(),
  })),
  { operation: 'GetAccountSummary', read: 'iam:GetAccountSummary', lost: (account) => delete account.quotas },
  {
    operation: 'ListOpenIDConnectProviders',
    read: 'iam:ListOpenIDConnectProviders',
    lost: (account) => delete account.oidcProviders,
  },
  {
    operation: 'GetOpenIDConnectProvider',
    read: 'iam:GetOpenIDConnectProvider',
    lost: (account) => {
      account.oidcProviders = account.oidcProviders!.map(({ arn }) => ({ arn }));
    },
  },
  {
    operation: 'DescribeTrails',
    read: 'cloudtrail:DescribeTrails',
    lost: (account) => delete account.trails,
  },
  {
    operation: 'GetTrailStatus',
    read: 'cloudtrail:GetTrailStatus',
    lost: (account) => each(account.trails!, (trail) => void delete trail.logging),
  },
  {
    operation: 'GetEventSelectors',
    read: 'cloudtrail:GetEventSelectors',
    lost: (account) => each(account.trails!, (trail) => void delete trail.managementEvents),
  },
  {
    operation: 'ListClusters',
    read: 'eks:ListClusters',
    lost: (account) => {
      each(account.regions!, (region) => void delete region.clusters);
      // Where no cluster is known of, only the first region is asked for trails.
      account.trails!.shift();
    },
    cut: (account) => {
      clusters(account).pop();
    },
  },
  {
    operation: 'DescribeCluster',
    read: 'eks:DescribeCluster',
    lost: (account) => {
      for (const cluster of clusters(account)) {
        for (const key of Object.keys(cluster) as (keyof Cluster)[]) {
          if (key !== 'name' && key !== 'arn' && !Array.isArray(cluster[key])) delete cluster[key];
        }
        delete cluster.logging;
      }
      // With an unknown authentication mode the entries are asked for.
      clusters(account)[1]!.accessEntries = structuredClone(prod(account).accessEntries!);
    },
  },
  list('ListAddons', 'addons'),
  described('DescribeAddon', 'addons', ['name']),
  list('ListPodIdentityAssociations', 'podIdentityAssociations'),
  described('DescribePodIdentityAssociation', 'podIdentityAssociations', [
    'id',
    'namespace',
    'serviceAccount',
  ]),
  {
    ...list('ListAccessEntries', 'accessEntries'),
    lost: (account) => {
      delete prod(account).accessEntries;
    },
  },
  described('DescribeAccessEntry', 'accessEntries', ['principalArn', 'policies']),
  {
    operation: 'ListAssociatedAccessPolicies',
    read: 'eks:ListAssociatedAccessPolicies',
    lost: (account) => each(prod(account).accessEntries!, (entry) => void delete entry.policies),
    cut: (account) => each(prod(account).accessEntries!, (entry) => void entry.policies!.pop()),
  },
  list('ListNodegroups', 'nodegroups'),
  described('DescribeNodegroup', 'nodegroups', ['name']),
  list('ListFargateProfiles', 'fargateProfiles'),
  described('DescribeFargateProfile', 'fargateProfiles', ['name']),
  list('ListIdentityProviderConfigs', 'identityProviderConfigs'),
  described('DescribeIdentityProviderConfig', 'identityProviderConfigs', ['name', 'type']),
  list('ListCapabilities', 'capabilities'),
  described('DescribeCapability', 'capabilities', ['name', 'type']),
];

let service: StubService = stubAccount;
const clients = stubClients((call) => service(call));
let whole: Snapshot;
beforeAll(async () => {
  whole = await collect({ clients, now });
});

/** Reads the stub with a fault in some calls, and compares with the whole account less what depends on them. */
async function expectLoss(
  row: Row,
  broken: (call: StubCall) => { readonly wire: StubAnswer } | undefined,
  lost: (account: Account) => void,
  reason: RegExp,
): Promise<void> {
  service = (call) => (call.operation === row.operation ? broken(call) : undefined) ?? stubAccount(call);
  const snapshot = await collect({ clients, now });
  const expected = structuredClone(whole.accounts[0]!);
  lost(expected);
  expect(snapshot.accounts).toEqual([expected]);
  expect(new Set(snapshot.coverage.map(({ read }) => read))).toEqual(new Set([row.read]));
  for (const gap of snapshot.coverage) {
    expect(gap.account).toBe(ID);
    expect(gap.reason).toMatch(reason);
    expect(gap.reason).not.toMatch(/\n/);
  }
  expect(snapshotSchema.safeParse(snapshot).error).toBeUndefined();
}

describe.each(Object.entries(FAULTS))('%s', (_, { fault, reason }) => {
  it.each(ROWS.map((row) => [row.operation, row] as const))(
    '%s is a gap and stops nothing else',
    async (_name, row) => {
      await expectLoss(row, fault, row.lost, reason);
    },
  );
});

describe('a later page that is not answered', () => {
  it.each(ROWS.flatMap((row) => (row.cut ? [[row.operation, row, row.cut] as const] : [])))(
    '%s keeps the pages before it and is a gap',
    async (_name, row, cut) => {
      const second = (call: StubCall) =>
        call.input['nextToken'] !== undefined || call.input['Marker'] !== undefined
          ? wireError(call.service, 403, 'AccessDenied', 'denied')
          : undefined;
      await expectLoss(row, second, cut, /^page 2: AccessDenied: denied$/);
    },
  );
});

describe('an answer that lacks what it is for', () => {
  const empty = ({ service: kind, operation }: StubCall) => ({
    wire:
      kind === 'iam'
        ? {
            status: 200,
            body: `<${operation}Response><${operation}Result></${operation}Result></${operation}Response>`,
          }
        : { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
  });
  // A summary without the quota is an answer: the quota was not told.
  const rows = ROWS.filter(({ operation }) => operation !== 'GetAccountSummary');
  it.each(rows.map((row) => [row.operation, row] as const))('%s is a gap', async (_name, row) => {
    await expectLoss(row, empty, row.lost, /malformed answer/);
  });
});

it('covers every read that permissions are asked for', () => {
  const read = new Set(ROWS.map((row) => row.read));
  const first = ['sts:GetCallerIdentity', 'account:ListRegions'];
  expect([...read, ...first].sort()).toEqual(readPermissions().actions);
  expect(Object.keys(ANSWERS).length).toBe(readPermissions().actions.length);
});
