import { association, cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, podGroup } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/use-pod-identity-agent.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const agent = (status?: string) => [
  { name: 'eks-pod-identity-agent', ...(status === undefined ? {} : { status }) },
];
const bound = (changes = {}) =>
  estateOf({ clusters: [cluster({ podIdentityAssociations: [association()], ...changes })] });
const { addons: _addons, ...withoutAddons } = cluster({ podIdentityAssociations: [association()] });
const { podIdentityAssociations: _, ...unread } = cluster();
const daemonSet = (ready: number, desired: number, name = 'eks-pod-identity-agent') => ({
  namespace: 'kube-system',
  name,
  ready,
  desired,
});
const seen = (agents: ReturnType<typeof daemonSet>[], changes = {}) =>
  estateOf({
    clusters: [clusterWith({ agents }, { podIdentityAssociations: [association()], ...changes })],
  });

ruleCases(rule, [
  {
    when: 'the add-on failed',
    estate: bound({ addons: agent('CREATE_FAILED') }),
    is: 'fail',
    severity: 'high',
    says: /1 association depends/,
  },
  {
    when: 'two associations, one finding',
    estate: bound({
      addons: agent('DELETING'),
      podIdentityAssociations: [association(), association({ id: 'a-2', serviceAccount: 'cart' })],
    }),
    is: 'fail',
    count: 1,
    says: /2 associations depend/,
  },
  { when: 'the add-on is active', estate: bound({ addons: agent('ACTIVE') }), is: 'pass' },
  { when: 'Auto Mode has the agent built in', estate: bound({ autoMode: true }), is: 'pass' },
  {
    when: 'no add-on: an agent of its own would be a DaemonSet',
    estate: bound(),
    is: 'unknown',
    says: /DaemonSet/,
  },
  { when: 'the add-on is degraded', estate: bound({ addons: agent('DEGRADED') }), is: 'unknown' },
  { when: 'the add-ons were not read', estate: estateOf({ clusters: [withoutAddons] }), is: 'unknown' },
  { when: 'the associations were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  {
    when: 'no add-on, and Kubernetes shows no DaemonSet of the agent',
    estate: seen([]),
    is: 'fail',
    severity: 'high',
    says: /No DaemonSet/,
  },
  { when: 'an agent of its own is ready on every node', estate: seen([daemonSet(3, 3)]), is: 'pass' },
  {
    when: "the add-on's DaemonSet for hybrid nodes finds none of them",
    estate: seen([daemonSet(3, 3), daemonSet(0, 0, 'eks-pod-identity-agent-hybrid')]),
    is: 'pass',
  },
  {
    when: 'the add-on is degraded, and its pods are ready all the same',
    estate: seen([daemonSet(3, 3)], { addons: agent('DEGRADED') }),
    is: 'pass',
  },
  {
    when: 'the add-on is active, and none of its pods is ready',
    estate: seen([daemonSet(0, 3)], { addons: agent('ACTIVE') }),
    is: 'fail',
    says: /ready on 0 of 3/,
  },
  {
    when: 'the agent is ready on some of the nodes',
    estate: seen([daemonSet(2, 3)]),
    is: 'unknown',
    says: /2 of 3/,
  },
  { when: 'a node selector keeps the agent off every node', estate: seen([daemonSet(0, 0)]), is: 'fail' },
  {
    when: 'the cluster is scaled to no nodes, and the agent waits for some',
    estate: estateOf({
      clusters: [
        clusterWith(
          { agents: [daemonSet(0, 0)], nodes: [], pods: [] },
          { podIdentityAssociations: [association()] },
        ),
      ],
    }),
    is: 'pass',
  },
  {
    when: 'Auto Mode, and all pods are on nodes of Auto Mode',
    estate: estateOf({
      clusters: [
        clusterWith(
          { pods: [podGroup({ compute: 'auto' })] },
          { autoMode: true, podIdentityAssociations: [association()] },
        ),
      ],
    }),
    is: 'pass',
  },
  {
    when: 'Auto Mode, and pods are on nodes of a node group, where no agent is built in',
    estate: seen([], { autoMode: true }),
    is: 'fail',
  },
  { when: 'no association', estate: estateOf(), is: 'not applicable' },
  { when: 'the regions were not read', estate: without('regions'), is: 'unknown' },
]);
