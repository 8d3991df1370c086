import { describe, expect, it } from 'vitest';
import refused from '../../../../events/CreateCluster/failure.json' with { type: 'json' };
import success from '../../../../events/CreateCluster/success.json' with { type: 'json' };
import { collect } from '../../../../shared/aws/collect.ts';
import { stubAccount } from '../../../support/stub-account.ts';
import { type StubCall, type StubService, stubClients } from '../../../support/stub-aws.ts';

const NOW = '2026-11-22T12:00:00.000Z';
const { detail } = success;
/** The event of a cluster's creation, with changes. */
const created = (name: string, changes: object = {}) => ({
  ...detail,
  requestParameters: { ...detail.requestParameters, name },
  responseElements: null,
  ...changes,
});

async function collected(
  events: readonly object[],
  { age = '2026-11-20T09:31:06.123Z', fault }: { age?: string; fault?: StubService } = {},
) {
  const calls: StubCall[] = [];
  const service: StubService = (call) => {
    if (call.operation === 'LookupEvents') {
      return fault?.(call) ?? { Events: events.map((one) => ({ CloudTrailEvent: JSON.stringify(one) })) };
    }
    const answer = stubAccount(call);
    return call.operation === 'DescribeCluster' && answer !== undefined && 'cluster' in answer
      ? {
          cluster: {
            ...(answer['cluster'] as object),
            createdAt: Date.parse(age) / 1000,
            accessConfig: { authenticationMode: 'CONFIG_MAP', bootstrapClusterCreatorAdminPermissions: true },
          },
        }
      : answer;
  };
  const snapshot = await collect({
    clients: stubClients(service, calls),
    now: () => new Date(NOW),
    creators: { seconds: 60, sleep: async () => undefined },
  });
  const clusters = (snapshot.accounts[0]?.regions ?? []).flatMap((region) => region.clusters ?? []);
  return {
    prod: clusters.find(({ name }) => name === 'prod'),
    gaps: snapshot.coverage.filter(({ read }) => read === 'cloudtrail:LookupEvents'),
    lookups: calls.filter(({ operation }) => operation === 'LookupEvents'),
  };
}

const ALICE = {
  arn: 'arn:aws:iam::111122223333:role/people/PlatformEngineer',
  session: 'alice@example.com',
  at: '2026-11-20T09:30:05.000Z',
};

describe('who created a cluster', () => {
  it('is the role behind the session that called CreateCluster, and the person', async () => {
    const { prod, gaps, lookups } = await collected([created('prod')]);
    expect(prod?.creator).toMatchObject(ALICE);
    expect(prod?.creatorAdmin).toBe(true);
    expect(gaps).toEqual([]);
    expect(lookups.map(({ region }) => region)).toEqual(['eu-west-1']);
  });

  it.each([
    ['another cluster', [created('other')]],
    ['a call that was refused', [{ ...refused.detail, requestParameters: { name: 'prod' } }]],
    [
      'a cluster of that name which was deleted since',
      [created('prod', { eventTime: '2026-10-01T00:00:00Z' })],
    ],
    ['a service', [created('prod', { userIdentity: { type: 'AWSService', invokedBy: 'x.amazonaws.com' } })]],
  ])('is not told by the event of %s', async (_name, events) => {
    expect((await collected(events)).prod?.creator).toBeUndefined();
  });

  it('is a user, or root, where they called', async () => {
    const arn = 'arn:aws:iam::111122223333:user/ops/bob';
    const { prod } = await collected([
      created('prod', { userIdentity: { type: 'IAMUser', arn, accountId: '111122223333', userName: 'bob' } }),
    ]);
    expect(prod?.creator).toMatchObject({ arn });
    expect(prod?.creator).not.toHaveProperty('session');
  });

  it('is not looked for when CloudTrail has forgotten', async () => {
    const { lookups, gaps, prod } = await collected([created('prod')], { age: '2026-01-01T00:00:00Z' });
    expect([lookups, gaps, prod?.creator]).toEqual([[], [], undefined]);
  });

  it('is a gap when CloudTrail does not answer', async () => {
    const denied = () => ({
      wire: {
        status: 400,
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amzn-errortype': 'AccessDeniedException',
        },
        body: '{"__type":"AccessDeniedException","message":"not allowed"}',
      },
    });
    const { gaps, prod } = await collected([], { fault: denied });
    expect(prod?.creator).toBeUndefined();
    expect(gaps).toMatchObject([
      { region: 'eu-west-1', subject: 'CreateCluster', reason: expect.stringContaining('AccessDenied') },
    ]);
  });
});
