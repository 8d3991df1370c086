import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { KubernetesEndpoint } from '../../../shared/aws/kubernetes-reader.ts';
import { accountCollector } from '../../../shared/aws/pipeline/collector.ts';
import { bakedClusters, deployedReader } from '../../../shared/kube/deployed-reader.ts';
import { listenOnLoopback } from '../../support/kubernetes/loopback.ts';
import { stubAccount } from '../../support/stub-account.ts';
import { stubClients } from '../../support/stub-aws.ts';

const now = () => new Date('2026-11-22T12:00:00Z');
const cluster = (more: Partial<KubernetesEndpoint> = {}): KubernetesEndpoint => ({
  account: '111122223333',
  partition: 'aws',
  region: 'eu-west-1',
  name: 'prod',
  arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod',
  principal: 'arn:aws:iam::111122223333:role/podtrust-read',
  credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
  ...more,
});
const readerOf = (...clusters: Parameters<typeof bakedClusters>[0][number][]) =>
  deployedReader(bakedClusters(clusters), now)();

describe('the clusters that a deployment chose', () => {
  const arn = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod';
  it.each([
    ['by name', { cluster: 'prod' }, {}],
    ['by ARN', { cluster: arn }, {}],
    ['by tag', { clusterTag: { key: 'podtrust', value: 'read' } }, { tags: { podtrust: 'read' } }],
  ])('%s are asked', async (_how, reference, more) => {
    const answer = await readerOf(reference)(cluster(more));
    expect(answer?.gaps).toEqual([
      { read: 'kubernetes:connect', reason: expect.stringContaining('no endpoint') },
    ]);
  });

  it.each([
    ['another name', { cluster: 'production' }, {}],
    ['another account', { cluster: arn.replace('1111', '4444') }, {}],
    [
      'another value of the tag',
      { clusterTag: { key: 'podtrust', value: 'read' } },
      { tags: { podtrust: 'no' } },
    ],
    ['no tag', { clusterTag: { key: 'podtrust', value: 'read' } }, {}],
    ['a tag of every object', { clusterTag: { key: 'constructor', value: 'read' } }, {}],
  ])('are no others: %s', async (_what, reference, more) => {
    expect(await readerOf(reference)(cluster(more))).toBeNull();
  });
});

describe('a collection', () => {
  it('reads the chosen cluster of a member account with the credentials of its read role, and the others not', async () => {
    const asked: KubernetesEndpoint[] = [];
    const collector = accountCollector(
      () => stubClients(stubAccountOf('444455556666')),
      now,
      () => async (endpoint) => {
        asked.push(endpoint);
        return null;
      },
    );
    const snapshot = await collector.read('444455556666');
    expect(snapshot.accounts.map(({ id }) => id)).toEqual(['444455556666']);
    const [first] = asked;
    expect(first?.principal).toBe('arn:aws:iam::444455556666:role/podtrust-read');
    expect((await first?.credentials())?.accessKeyId).toBe('AKIDEXAMPLE444455556666');
  });

  it('in which a cluster never answers has one gap for it, and everything of AWS', async () => {
    const mute = await listenOnLoopback(createServer());
    const real = deployedReader(bakedClusters([{ cluster: 'prod' }]), now);
    const collector = accountCollector(
      () => stubClients(stubAccount),
      now,
      () => {
        const read = real();
        return async (endpoint) =>
          read({
            ...endpoint,
            server: `https://127.0.0.1:${mute.port}`,
            certificateAuthority: Buffer.from('none').toString('base64'),
          });
      },
    );
    const snapshot = await collector.read('111122223333');
    expect(snapshot.accounts[0]?.roles).toHaveLength(2);
    expect(snapshot.coverage).toEqual([
      expect.objectContaining({ read: 'kubernetes:connect', cluster: 'prod' }),
    ]);
    await mute.close();
  }, 15_000);
});

/** Every account answers with its own id. */
function stubAccountOf(member: string): typeof stubAccount {
  return (call) =>
    call.operation === 'GetCallerIdentity' && call.account === member
      ? {
          Account: member,
          Arn: `arn:aws:sts::${member}:assumed-role/podtrust-read/podtrust`,
          UserId: 'AROA:podtrust',
        }
      : stubAccount(call);
}
