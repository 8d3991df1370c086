import { describe, expect, it } from 'vitest';
import { clusterStatus, clusterStatusPermissions } from '../../../../shared/aws/pipeline/cluster-status.ts';
import { type StubCall, type StubService, stubClients, wireError } from '../../../support/stub-aws.ts';

const lane = { kind: 'cluster', account: '111122223333', region: 'eu-west-1', cluster: 'shop' } as const;
const caller = { Account: '111122223333', Arn: 'arn:aws:iam::111122223333:role/podtrust', UserId: 'A' };

function setUp(eks: StubService) {
  const calls: StubCall[] = [];
  const service: StubService = (call) => (call.service === 'sts' ? caller : eks(call));
  const clients = stubClients(service, calls);
  return { status: clusterStatus(() => clients), calls };
}

const active = () => ({ cluster: { name: 'shop', status: 'CREATING' } });

it('is what EKS says, asked in the region of the cluster', async () => {
  const { status, calls } = setUp(active);
  expect(await status(lane)).toBe('CREATING');
  expect(calls.at(-1)).toMatchObject({
    operation: 'DescribeCluster',
    input: { name: 'shop' },
    region: 'eu-west-1',
  });
});

it('is asked with own credentials in the own account, else through the read role', async () => {
  const { status, calls } = setUp(active);
  await status(lane);
  await status({ ...lane, account: '444455556666' });
  const asked = calls.filter(({ service }) => service === 'eks');
  expect(asked.map(({ account }) => account)).toEqual([null, '444455556666']);
});

describe('is not known', () => {
  it.each<[string, StubService]>([
    ['when the cluster is gone', () => wireError('eks', 404, 'ResourceNotFoundException', 'No cluster')],
    ['when it may not be described', () => wireError('eks', 403, 'AccessDeniedException', 'no')],
    ['when EKS is throttled', () => wireError('eks', 429, 'TooManyRequestsException', 'slow down')],
    ['when the answer has none', () => ({ cluster: { name: 'shop' } })],
    [
      'when the connection breaks',
      () => {
        throw new Error('socket hang up');
      },
    ],
  ])('%s', async (_name, eks) => {
    expect(await setUp(eks).status(lane)).toBeNull();
  });
});

it('calls what its permissions name in the own account, and nothing else', async () => {
  const { status, calls } = setUp(active);
  await status(lane);
  const own = clusterStatusPermissions.filter(({ on }) => on === 'account').flatMap(({ actions }) => actions);
  expect(calls.map(({ service, operation }) => `${service}:${operation}`).sort()).toEqual([...own].sort());
});
