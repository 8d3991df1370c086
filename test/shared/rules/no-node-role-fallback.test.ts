import { expect, it } from 'vitest';
import type { Kubernetes, NodeGroup, PodGroup } from '../../../shared/estate/kubernetes-schema.ts';
import type { Role } from '../../../shared/estate/snapshot.ts';
import { estateOf, role, trustPolicy } from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  IRSA_VARIABLES,
  nodeGroup,
  podGroup,
  serviceAccount,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-node-role-fallback.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, EC2, LIMITED } from '../../support/rule-estates.ts';

const ARN = 'arn:aws:iam::111122223333:role/node';
const STANDARD: Partial<Role> = {
  attachedPolicies: [
    'AmazonEKSWorkerNodePolicy',
    'AmazonEKS_CNI_Policy',
    'AmazonEC2ContainerRegistryReadOnly',
  ].map((name) => `arn:aws:iam::aws:policy/${name}`),
};
const nodeRole = (changes: Partial<Role>) => role({ arn: ARN, trustPolicy: trustPolicy(EC2), ...changes });
const plain = { serviceAccounts: [serviceAccount({ annotations: {} })] };
const bare = (changes: Partial<PodGroup> = {}) => podGroup({ containers: [container({})], ...changes });

const estate = (
  node: Partial<NodeGroup>,
  pods: PodGroup[] = [bare()],
  privileges: Partial<Role> = DATA,
  more: Partial<Kubernetes> = {},
) =>
  estateOf({
    clusters: [clusterWith({ ...plain, nodes: [nodeGroup(node)], pods, ...more })],
    roles: [nodeRole(privileges)],
  });
const workload = (kind: string, name: string, namespace: string, changes: Partial<PodGroup> = {}) =>
  bare({ namespace, serviceAccount: name, workload: { kind, name }, ...changes });
const { role: _, nodegroup: __, ...anonymous } = nodeGroup({ hopLimit: 2 });
const { hopLimit: ___, metadata: ____, ...unread } = nodeGroup();

ruleCases(rule, [
  {
    when: 'metadata is two hops away, and the role reads data',
    estate: estate({ hopLimit: 2 }),
    is: 'fail',
    severity: 'medium',
    says: /2 pods of 1 workload /,
  },
  {
    when: 'the node role is administrator',
    estate: estate({ hopLimit: 2 }, [bare()], ADMIN),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'the node role has little',
    estate: estate({ hopLimit: 2 }, [bare()], LIMITED),
    is: 'fail',
    severity: 'low',
  },
  {
    when: "the node role has AWS's policies for nodes and no more",
    estate: estate({ hopLimit: 2 }, [bare()], STANDARD),
    is: 'fail',
    severity: 'info',
    says: /no more than the policies of AWS/,
  },
  {
    when: 'no session token is required, whatever the hop limit',
    estate: estate({ hopLimit: 1, metadata: 'optional' }),
    is: 'fail',
  },
  {
    when: 'a Deployment is on the network of its host',
    estate: estate({}, [bare({ hostNetwork: true })]),
    is: 'fail',
    says: /network of their host/,
  },
  {
    when: 'many workloads, one finding for the role',
    estate: estate(
      { hopLimit: 3 },
      ['a', 'b', 'c'].map((name) => workload('Deployment', name, 'shop')),
    ),
    is: 'fail',
    count: 1,
    says: /6 pods of 3 workloads/,
  },
  {
    when: 'the role of the nodes was not read',
    estate: estateOf({ clusters: [clusterWith({ ...plain, nodes: [anonymous], pods: [bare()] })] }),
    is: 'unknown',
  },
  {
    when: 'the node role itself was not read',
    estate: estateOf({
      clusters: [clusterWith({ ...plain, nodes: [nodeGroup({ hopLimit: 2 })], pods: [bare()] })],
    }),
    is: 'unknown',
  },
  {
    when: 'the options of the instances were not read',
    estate: estateOf({
      clusters: [clusterWith({ ...plain, nodes: [unread], pods: [bare()] })],
      roles: [nodeRole(DATA)],
    }),
    is: 'unknown',
  },
  { when: 'metadata is one hop away', estate: estate({}), is: 'pass' },
  { when: 'metadata is switched off', estate: estate({ metadata: 'disabled', hopLimit: 2 }), is: 'pass' },
  {
    when: 'aws-node, kube-proxy and coredns of kube-system use the node role by default',
    estate: estate({ hopLimit: 2 }, [
      workload('DaemonSet', 'aws-node', 'kube-system', { hostNetwork: true }),
      workload('DaemonSet', 'kube-proxy', 'kube-system', { hostNetwork: true }),
      workload('Deployment', 'coredns', 'kube-system'),
    ]),
    is: 'pass',
  },
  {
    when: 'DaemonSets on the network of their host are agents of the node',
    estate: estate({}, [workload('DaemonSet', 'node-exporter', 'monitoring', { hostNetwork: true })]),
    is: 'pass',
  },
  {
    when: "AWS's own agent for logs runs on each node",
    estate: estate({ hopLimit: 2 }, [workload('DaemonSet', 'fluent-bit', 'amazon-cloudwatch')]),
    is: 'pass',
  },
  {
    when: 'the pods have a role by annotation',
    estate: estate({ hopLimit: 2 }, [podGroup()], ADMIN, { serviceAccounts: [serviceAccount()] }),
    is: 'pass',
  },
  {
    when: 'the pods bring a web identity of their own',
    estate: estate({ hopLimit: 2 }, [
      bare({ containers: [container({ ...IRSA_VARIABLES, AWS_WEB_IDENTITY_TOKEN_FILE: '/t' })] }),
    ]),
    is: 'pass',
  },
  {
    when: 'pods run on Fargate, which has no instance metadata',
    estate: estate({ compute: 'fargate', hopLimit: 2 }, [bare({ compute: 'fargate' })]),
    is: 'not applicable',
  },
  {
    when: 'the cluster has no nodes',
    estate: estateOf({ clusters: [clusterWith({ nodes: [], pods: [] })] }),
    is: 'not applicable',
  },
]);

it('lists no more workloads than can be read, and counts all', () => {
  const many = Array.from({ length: 80 }, (_unused, index) => workload('Deployment', `w${index}`, 'shop'));
  const { evidence } = onlyFailure(rule, estate({ hopLimit: 2 }, many));
  expect(evidence['pods']).toBe(160);
  expect(evidence['workloads']).toHaveLength(51);
});
