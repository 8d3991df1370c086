import { describe, expect, it } from 'vitest';
import { listSchema, type RowOf } from '../../../shared/audit/list/report.ts';
import { list } from '../../../shared/audit/list.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Container, Kubernetes, PodGroup } from '../../../shared/estate/kubernetes-schema.ts';
import type { Cluster } from '../../../shared/estate/snapshot.ts';
import {
  association,
  irsaStatement,
  type Json,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  IRSA_VARIABLES,
  nodeGroup,
  POD_IDENTITY_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../shared/rules/examples/kubernetes.ts';
import { ANY_POD, EC2, trusting } from '../../support/rule-estates.ts';

type Row = RowOf<'pods'>;

interface Case {
  readonly when: string;
  readonly pods: Partial<PodGroup>;
  readonly kubernetes?: Partial<Kubernetes>;
  readonly cluster?: Partial<Cluster>;
  readonly trust?: readonly Json[];
  readonly unread?: 'podIdentityAssociations';
  readonly should?: Partial<Row['should']>;
  readonly gets: Partial<Row['gets']>;
  readonly as: Row['as'];
  readonly why?: RegExp;
}

const NODE = 'arn:aws:iam::111122223333:role/node';
const OTHER = 'arn:aws:iam::111122223333:role/other';
const NODE_ROLE = role({
  arn: NODE,
  trustPolicy: trustPolicy(EC2),
  attachedPolicies: ['arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy'],
});
const irsa = container(IRSA_VARIABLES);
const bare = container({});
const plus = (more: Record<string, string>, from: Record<string, string> = IRSA_VARIABLES): Container =>
  container({ ...from, ...more });
const BARE_ACCOUNT = { serviceAccounts: [serviceAccount({ annotations: {} })] };
const nodes = (hopLimit: number) => [nodeGroup({ id: 'n', role: NODE, hopLimit })];
const BY_AGENT = {
  cluster: {
    podIdentityAssociations: [association({ created: '2026-01-01T00:00:00Z' })],
    addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }],
  },
  trust: [podIdentityStatement()],
};

const cases: readonly Case[] = [
  {
    when: 'what the annotation asks for',
    pods: { containers: [irsa] },
    gets: { source: 'web-identity', role: ROLE_ARN },
    as: 'meant',
  },
  {
    when: 'a role that does not trust it',
    pods: { containers: [irsa] },
    trust: [irsaStatement({ Condition: { StringEquals: { 'x:sub': 'y' } } })],
    should: { mechanism: 'irsa', role: ROLE_ARN },
    gets: { source: 'nobody', role: null },
    as: 'otherwise',
  },
  {
    when: 'pods older than the annotation, on nodes whose metadata they reach',
    pods: {
      containers: [bare],
      nodes: ['n'],
      oldest: '2026-01-01T00:00:00Z',
      newest: '2026-01-01T00:00:00Z',
    },
    kubernetes: { nodes: nodes(2) },
    gets: { source: 'instance-metadata', role: NODE },
    as: 'otherwise',
    why: /started before the annotation/,
  },
  {
    when: 'keys of a user beside the role',
    pods: { containers: [plus({ AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' })] },
    gets: { source: 'static-keys', role: null },
    as: 'otherwise',
    why: /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set/,
  },
  {
    when: 'a file of credentials beside the role',
    pods: { containers: [plus({ AWS_SHARED_CREDENTIALS_FILE: '/credentials/cloud' })] },
    gets: { source: 'depends', role: null },
    as: 'unknown',
    why: /not read/,
  },
  {
    when: 'another role in variables of its own',
    pods: { containers: [container({ AWS_ROLE_ARN: OTHER, AWS_WEB_IDENTITY_TOKEN_FILE: '/own/token' })] },
    gets: { source: 'web-identity', role: OTHER },
    as: 'otherwise',
  },
  {
    when: 'the credentials of its association',
    pods: { containers: [container(POD_IDENTITY_VARIABLES)] },
    ...BY_AGENT,
    should: { mechanism: 'pod-identity', role: ROLE_ARN },
    gets: { source: 'container', role: ROLE_ARN },
    as: 'meant',
  },
  {
    when: 'an association on Fargate',
    pods: { compute: 'fargate', nodes: [], containers: [container(POD_IDENTITY_VARIABLES)] },
    ...BY_AGENT,
    gets: { source: 'nobody', role: null },
    as: 'otherwise',
    why: /no Pod Identity agent/,
  },
  {
    when: 'an association behind a proxy',
    pods: { containers: [plus({ HTTP_PROXY: 'http://proxy:3128' }, POD_IDENTITY_VARIABLES)] },
    ...BY_AGENT,
    gets: { source: 'depends', role: null },
    as: 'unknown',
    why: /HTTP_PROXY/,
  },
  {
    when: 'an association that is gone, of pods that still ask the agent',
    pods: { containers: [container(POD_IDENTITY_VARIABLES)] },
    gets: { source: 'nobody', role: null },
    as: 'otherwise',
    why: /association/,
  },
  {
    when: 'nothing, and nothing is meant',
    pods: { containers: [bare], nodes: ['n'] },
    kubernetes: { ...BARE_ACCOUNT, nodes: nodes(1) },
    trust: [ANY_POD],
    should: { mechanism: 'none', role: null },
    gets: { source: 'nobody', role: null },
    as: 'meant',
  },
  {
    when: 'the role of its node, and nothing is meant',
    pods: { containers: [bare], nodes: ['n'] },
    kubernetes: { ...BARE_ACCOUNT, nodes: nodes(2) },
    trust: [ANY_POD],
    gets: { source: 'instance-metadata', role: NODE },
    as: 'otherwise',
    why: /reaches that of its node/,
  },
  {
    when: 'the role of its node, of what belongs to the node',
    pods: {
      containers: [bare],
      nodes: ['n'],
      hostNetwork: true,
      workload: { kind: 'DaemonSet', name: 'agent' },
    },
    kubernetes: { ...BARE_ACCOUNT, nodes: nodes(1) },
    trust: [ANY_POD],
    gets: { source: 'instance-metadata', role: NODE },
    as: 'meant',
  },
  {
    when: 'nothing on hybrid nodes, which have no instance metadata',
    pods: { containers: [bare], nodes: ['n'], compute: 'hybrid' },
    kubernetes: { ...BARE_ACCOUNT, nodes: [nodeGroup({ id: 'n', compute: 'hybrid' })] },
    trust: [ANY_POD],
    gets: { source: 'nobody', role: null },
    as: 'meant',
  },
  {
    when: 'nothing, though a role trusts the ServiceAccount by name',
    pods: { containers: [bare], nodes: ['n'] },
    kubernetes: { ...BARE_ACCOUNT, nodes: nodes(1) },
    gets: { source: 'nobody', role: null },
    as: 'otherwise',
  },
  {
    when: 'nodes that were not read',
    pods: { containers: [bare], nodes: ['n'] },
    kubernetes: { ...BARE_ACCOUNT, nodes: [] },
    trust: [ANY_POD],
    gets: { source: 'depends', role: null },
    as: 'unknown',
  },
  {
    when: 'associations that were not read',
    pods: { containers: [bare], nodes: ['n'] },
    kubernetes: { ...BARE_ACCOUNT, nodes: nodes(1) },
    unread: 'podIdentityAssociations',
    gets: { source: 'nobody', role: null },
    as: 'unknown',
    why: /eks:ListPodIdentityAssociations/,
  },
];

function rowsOf({ pods, kubernetes = {}, cluster = {}, trust = [irsaStatement()], unread }: Case): Row[] {
  const view = clusterWith(
    { serviceAccounts: [serviceAccount()], ...kubernetes, pods: [podGroup(pods)] },
    cluster,
  );
  if (unread !== undefined) delete view[unread];
  const found = list('pods', buildEstate(trusting(trust, { clusters: [view], roles: [NODE_ROLE] })));
  expect(listSchema.safeParse(found).error).toBeUndefined();
  if (found.kind !== 'pods') throw new Error('unreachable: pods were asked for');
  return found.rows;
}

describe('list pods', () => {
  it.each(cases.map((one) => [one.when, one] as const))('%s', (_when, one) => {
    const [row, ...more] = rowsOf(one);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ gets: one.gets, as: one.as, ...(one.should && { should: one.should }) });
    if (one.as !== 'meant') expect(row?.why).toMatch(one.why ?? /./);
  });

  it('tells containers apart: one that another webhook added has nothing of its own', () => {
    const rows = rowsOf({
      when: '',
      pods: { containers: [irsa, { ...bare, name: 'proxy' }], nodes: ['n'] },
      kubernetes: { nodes: nodes(1) },
      gets: {},
      as: 'meant',
    });
    expect(rows.map(({ containers, as }) => [containers, as])).toEqual([
      [[irsa.name], 'meant'],
      [['proxy'], 'left-out'],
    ]);
  });
});
