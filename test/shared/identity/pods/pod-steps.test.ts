import { describe, expect, it } from 'vitest';
import { explainServiceAccount } from '../../../../shared/audit/explain.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import type { Kubernetes, PodGroup } from '../../../../shared/estate/kubernetes-schema.ts';
import type { Cluster } from '../../../../shared/estate/snapshot.ts';
import {
  association,
  estateOf,
  irsaStatement,
  podIdentityStatement,
  role,
  trustPolicy,
} from '../../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  environment,
  IRSA_VARIABLES,
  nodeGroup,
  POD_IDENTITY_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../../shared/rules/examples/kubernetes.ts';
import { inline } from '../../../support/rule-estates.ts';

const NODE = role({
  arn: 'arn:aws:iam::111122223333:role/node',
  inlinePolicies: [inline('eks-auth:AssumeRoleForPodIdentity', '*')],
});

function explain(changes: Partial<Kubernetes>, more: Partial<Cluster> = {}) {
  const roles = [role({ trustPolicy: trustPolicy(irsaStatement(), podIdentityStatement()) }), NODE];
  const estate = buildEstate(estateOf({ clusters: [clusterWith(changes, more)], roles }));
  const [cluster] = estate.clusters;
  if (cluster === undefined) throw new Error('unreachable: the estate has a cluster');
  return explainServiceAccount(estate, { cluster, namespace: 'shop', serviceAccount: 'checkout' });
}

const irsa = (pods: Partial<PodGroup>[], changes: Partial<Kubernetes> = {}) =>
  explain({ pods: pods.map(podGroup), ...changes });
const AGENTED = { podIdentityAssociations: [association({ created: '2026-09-01T00:00:00Z' })] };
const podIdentity = (pods: Partial<PodGroup>[], changes: Partial<Kubernetes> = {}) =>
  explain(
    {
      pods: pods.map((one) => podGroup({ containers: [container(POD_IDENTITY_VARIABLES)], ...one })),
      ...changes,
    },
    AGENTED,
  );
const bare = [container({})];
const with_ = (more: Record<string, string>) => [container({ ...IRSA_VARIABLES, ...more })];

describe('with Kubernetes read', () => {
  it.each([
    ['IRSA works', irsa([{}])],
    ['IRSA works before any pod runs', irsa([])],
    ['Pod Identity works', podIdentity([{}])],
    ['IRSA works on Fargate', irsa([{ compute: 'fargate', nodes: [] }])],
    ['IRSA works on Windows', irsa([{ os: 'windows' }])],
    [
      'IRSA works in a pod that takes whole Secrets as variables',
      irsa([{ containers: [container(IRSA_VARIABLES, { envFrom: ['secret'] })] }]),
    ],
  ])('%s, and no step is unknown', (_what, { verdict, steps }) => {
    expect(steps.filter(({ status }) => status === 'unknown' || status === 'fail')).toEqual([]);
    expect(verdict).toBe('works');
  });

  it.each([
    ['pods without the variables', irsa([{ containers: bare }]), 'pod-identity-webhook', 'no-uninjected-pod'],
    [
      'pods older than the association',
      podIdentity([{ containers: bare, oldest: '2026-01-01T00:00:00Z', newest: '2026-01-01T00:00:00Z' }]),
      'pod-identity-webhook',
      'no-uninjected-pod',
    ],
    [
      'a cluster without the webhook',
      irsa([{ containers: bare }], { webhooks: [] }),
      'pod-identity-webhook',
      'use-identity-webhook',
    ],
    [
      'a cluster without the webhook, before any pod runs',
      irsa([], { webhooks: [] }),
      'pod-identity-webhook',
      'use-identity-webhook',
    ],
    [
      'a cluster that lost the webhook',
      irsa([{}], { webhooks: [] }),
      'pod-identity-webhook',
      'use-identity-webhook',
    ],
    [
      'pods that the webhook is to pass over',
      irsa([{ containers: bare, labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': 'true' } }]),
      'pod-identity-webhook',
      null,
    ],
    [
      'keys in the pods',
      irsa([
        {
          containers: [
            container(IRSA_VARIABLES, {
              env: [
                ...environment(IRSA_VARIABLES),
                { name: 'AWS_ACCESS_KEY_ID' },
                { name: 'AWS_SECRET_ACCESS_KEY' },
              ],
            }),
          ],
        },
      ]),
      'pod-credentials',
      'no-shadowed-credentials',
    ],
    [
      'a proxy before the agent',
      podIdentity([{ containers: [container({ ...POD_IDENTITY_VARIABLES, HTTP_PROXY: 'http://proxy' })] }]),
      'pod-credentials',
      'no-proxied-credentials',
    ],
    [
      'pods of an association on Fargate',
      podIdentity([{ compute: 'fargate', nodes: [] }]),
      'compute',
      'no-unsupported-compute',
    ],
    ['no agent', podIdentity([{}], { agents: [] }), 'pod-identity-agent', 'use-pod-identity-agent'],
    [
      'nodes that may not ask',
      podIdentity([{}], { nodes: [nodeGroup({ role: 'arn:aws:iam::111122223333:role/checkout' })] }),
      'node-permission',
      'no-missing-node-permission',
    ],
  ])('%s: broken', (_what, { verdict, reason }, check, rule) => {
    expect({ verdict, check: reason?.check, rule: reason?.rule }).toEqual({ verdict: 'broken', check, rule });
  });

  it.each([
    [
      'a profile of files that are not read',
      irsa([{ containers: with_({ AWS_PROFILE: 'a' }) }]),
      'pod-credentials',
    ],
    [
      'exceptions from a proxy that are not read',
      podIdentity([
        {
          containers: [
            container({ ...POD_IDENTITY_VARIABLES, HTTP_PROXY: 'http://proxy' }, { envFrom: ['config-map'] }),
          ],
        },
      ]),
      'pod-credentials',
    ],
  ])('%s: unknown', (_what, { verdict, steps }, check) => {
    expect(verdict).toBe('unknown');
    expect(steps.filter(({ status }) => status === 'unknown').map((step) => step.check)).toEqual([check]);
  });

  it('says that no pod runs instead of judging credentials', () => {
    const { steps } = irsa([]);
    expect(steps.find(({ check }) => check === 'pod-credentials')).toMatchObject({
      status: 'not-evaluated',
      detail: 'No pod runs as shop/checkout.',
    });
  });

  it('leaves the pods unknown where their list was not read', () => {
    const { pods: _, ...rest } = clusterWith().kubernetes ?? {};
    const { steps } = explain({}, { kubernetes: rest });
    const checks = steps.filter(({ check }) => check.startsWith('pod-')).map(({ status }) => status);
    expect(checks).toEqual(['unknown', 'unknown']);
  });
});

describe('what it advises where a restart alone does not help', () => {
  it('says to take the variable out that keeps the webhook away, before the restart', () => {
    const half = [container({ AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/checkout' })];
    expect(irsa([{ containers: half }]).repair?.text).toMatch(
      /^Take the variable out, then kubectl -n shop rollout restart /,
    );
    expect(irsa([{ containers: bare }]).repair?.text).toMatch(/^kubectl /);
  });

  it('says that pods carry the annotation which their ServiceAccount lacks', () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/checkout' };
    const plain = serviceAccount({ annotations: {} });
    const { reason } = irsa([{ containers: bare, annotations }], { serviceAccounts: [plain] });
    expect(reason).toMatchObject({ check: 'role-annotation', rule: 'no-invalid-role-annotation' });
    expect(reason?.detail).toContain('its pods have one');
  });
});

describe('the agent on hybrid nodes', () => {
  const nodes = [nodeGroup(), nodeGroup({ id: 'hybrid', compute: 'hybrid', count: 2 })];
  const agentStep = (agents: Kubernetes['agents'], read: Kubernetes['nodes'] = nodes) =>
    podIdentity([{ compute: 'hybrid', nodes: ['hybrid'] }], { agents, nodes: read }).steps.find(
      ({ check }) => check === 'pod-identity-agent',
    )?.status;
  const agent = (name: string, desired: number) => ({
    namespace: 'kube-system',
    name,
    desired,
    ready: desired,
  });

  it.each([
    ['the one for EC2 alone', [agent('eks-pod-identity-agent', 3)], 'unknown'],
    [
      'the one for hybrid nodes beside it',
      [agent('eks-pod-identity-agent', 3), agent('eks-pod-identity-agent-hybrid', 2)],
      'pass',
    ],
    ['one of that name on more nodes than EC2 has', [agent('eks-pod-identity-agent', 5)], 'pass'],
    ['one of its own', [agent('pod-identity', 2)], 'pass'],
  ])('%s: %s', (_, agents, status) => {
    expect(agentStep(agents)).toBe(status);
  });
});
