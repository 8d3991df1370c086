import type { PodGroup } from '../../../shared/estate/kubernetes-schema.ts';
import type { Cluster } from '../../../shared/estate/snapshot.ts';
import { association, cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, podGroup } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-unsupported-compute.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const { namespace } = association();
const withProfiles = (...fargateProfiles: NonNullable<Cluster['fargateProfiles']>) =>
  estateOf({ clusters: [cluster({ podIdentityAssociations: [association()], fargateProfiles })] });
const { fargateProfiles: _, ...unread } = cluster({ podIdentityAssociations: [association()] });
const onPods = (pods: Partial<PodGroup>[], changes: Partial<Cluster> = {}) =>
  estateOf({
    clusters: [
      clusterWith({ pods: pods.map(podGroup) }, { podIdentityAssociations: [association()], ...changes }),
    ],
  });
const labelled = { fargateProfiles: [{ name: 'some', selectors: [{ namespace, labels: { a: 'b' } }] }] };

ruleCases(rule, [
  {
    when: 'a profile takes every pod of the namespace',
    estate: withProfiles({ name: 'all', selectors: [{ namespace }] }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'a profile takes namespaces by a pattern',
    estate: withProfiles({ name: 'all', selectors: [{ namespace: '*' }] }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'labels decide which pods the profile takes',
    estate: withProfiles({ name: 'some', selectors: [{ namespace, labels: { compute: 'fargate' } }] }),
    is: 'unknown',
  },
  { when: 'the selectors of a profile were not read', estate: withProfiles({ name: 'some' }), is: 'unknown' },
  { when: 'the profiles were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  {
    when: 'the profiles are for other namespaces',
    estate: withProfiles({ name: 'other', selectors: [{ namespace: 'batch' }] }),
    is: 'pass',
  },
  { when: 'there is no profile', estate: withProfiles(), is: 'not applicable' },
  {
    when: 'pods run on Fargate',
    estate: onPods([{ compute: 'fargate' }], labelled),
    is: 'fail',
    says: /Deployment shop\/checkout runs on Fargate/,
  },
  { when: 'pods run on Windows', estate: onPods([{ os: 'windows' }]), is: 'fail', says: /Windows/ },
  {
    when: 'some of the pods run on Fargate',
    estate: onPods([{}, { compute: 'fargate', workload: { kind: 'Job', name: 'nightly' } }]),
    is: 'fail',
    count: 1,
  },
  { when: 'labels keep the pods off Fargate', estate: onPods([{}], labelled), is: 'pass' },
  {
    when: 'a profile takes the namespace, and the pods ask for nodes all the same',
    estate: onPods([{}], { fargateProfiles: [{ name: 'all', selectors: [{ namespace }] }] }),
    is: 'pass',
  },
  { when: 'pods run on nodes of Auto Mode', estate: onPods([{ compute: 'auto' }]), is: 'pass' },
  { when: 'pods run on hybrid nodes', estate: onPods([{ compute: 'hybrid' }]), is: 'pass' },
  {
    when: 'the pods wait for a node, and labels decide whether Fargate takes them',
    estate: onPods([{ compute: 'unknown', os: 'unknown', phase: 'Pending', nodes: [] }], labelled),
    is: 'unknown',
  },
]);
