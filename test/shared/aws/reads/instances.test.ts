import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import type { KubernetesEndpoint } from '../../../../shared/aws/kubernetes-reader.ts';
import { instanceFacts } from '../../../../shared/aws/reads/instances.ts';
import { attach, CONFIG } from '../../../support/hub/attach.ts';
import { createCalls } from '../../../support/hub/calls.ts';

const CLUSTER = { account: '111122223333', region: 'eu-west-1', name: 'shop' } as KubernetesEndpoint;
const profile = (name: string) => `arn:aws:iam::111122223333:instance-profile/${name}`;
const instance = (InstanceId: string, name: string) => ({
  Instances: [{ InstanceId, IamInstanceProfile: { Arn: profile(name) } }],
});

/** Looks up two instances of different profiles, one a page. */
function lookUp(of: {
  readonly profile?: (name: string) => object;
  readonly page?: (token: string) => object;
}) {
  const calls = createCalls();
  const pages = (token: string): object =>
    token === ''
      ? { Reservations: [instance('i-1', 'nodes')], NextToken: 'more' }
      : { Reservations: [instance('i-2', 'others')] };
  const profiles = (name: string): object => ({
    InstanceProfile: { Arn: profile(name), Roles: [{ Arn: `arn:aws:iam::111122223333:role/${name}` }] },
  });
  const page = of.page ?? pages;
  const answer = of.profile ?? profiles;
  return instanceFacts(() => ({
    ec2: attach(
      new EC2Client(CONFIG),
      'ec2',
      (_operation, input) => page((input as { NextToken?: string }).NextToken ?? ''),
      calls,
    ),
    iam: attach(
      new IAMClient(CONFIG),
      'iam',
      (_operation, input) => answer((input as { InstanceProfileName: string }).InstanceProfileName),
      calls,
    ),
  }))(CLUSTER, ['i-1', 'i-2']);
}

const refused = (name: string): never => {
  throw Object.assign(new Error(`not authorized for ${name}`), { name: 'AccessDenied' });
};

it('reads the role of every instance, page by page', async () => {
  const { facts, gaps } = await lookUp({});
  expect([...facts].map(([id, { role }]) => [id, role])).toEqual([
    ['i-1', 'arn:aws:iam::111122223333:role/nodes'],
    ['i-2', 'arn:aws:iam::111122223333:role/others'],
  ]);
  expect(gaps).toEqual([]);
});

it('a profile that cannot be read is a gap, and the role of its instances is not known', async () => {
  const { facts, gaps } = await lookUp({ profile: refused });
  expect([...facts]).toEqual([
    ['i-1', {}],
    ['i-2', {}],
  ]);
  expect(gaps.map(({ read, reason }) => `${read} ${reason}`)).toEqual([
    `iam:GetInstanceProfile ${profile('nodes')}: AccessDenied: not authorized for nodes`,
    `iam:GetInstanceProfile ${profile('others')}: AccessDenied: not authorized for others`,
  ]);
});

it('a profile that was deleted is no gap: its instances have no role', async () => {
  const gone = (): never => {
    throw new NoSuchEntityException({ $metadata: {}, message: 'gone' });
  };
  const { facts, gaps } = await lookUp({ profile: gone });
  expect([[...facts.values()], gaps]).toEqual([[{}, {}], []]);
});

it('of a list of which a page fails, what was read is kept beside the gap', async () => {
  const { facts, gaps } = await lookUp({
    page: (token) =>
      token === '' ? { Reservations: [instance('i-1', 'nodes')], NextToken: 'more' } : refused('page 2'),
  });
  expect([...facts.keys()]).toEqual(['i-1']);
  expect(gaps).toEqual([
    { read: 'ec2:DescribeInstances', reason: 'AccessDenied: not authorized for page 2' },
  ]);
});
