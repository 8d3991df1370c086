import { describe, expect, it } from 'vitest';
import type { Kubernetes, PodGroup } from '../../../shared/estate/kubernetes-schema.ts';
import type { Association } from '../../../shared/estate/snapshot.ts';
import { association, estateOf, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  IRSA_VARIABLES,
  POD_IDENTITY_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-uninjected-pod.ts';
import { onlyFailure, type RuleCase, ruleCases } from '../../support/rule-cases.ts';

const bare = [container({})];
const OLD = { oldest: '2026-04-01T00:00:00Z', newest: '2026-04-03T00:00:00Z' };
const other = 'arn:aws:iam::111122223333:role/former';

const annotated = (pods: Partial<PodGroup>, changes: Partial<Kubernetes> = {}) =>
  estateOf({ clusters: [clusterWith({ pods: [podGroup(pods)], ...changes })] });
const associated = (pods: Partial<PodGroup>, changes: Partial<Association> = {}) =>
  estateOf({
    clusters: [
      clusterWith(
        { pods: [podGroup(pods)], serviceAccounts: [serviceAccount({ annotations: {} })] },
        { podIdentityAssociations: [association({ created: '2026-09-01T00:00:00Z', ...changes })] },
      ),
    ],
  });

const failing: RuleCase[] = [
  {
    when: 'the pods are older than the annotation',
    estate: annotated({ ...OLD, containers: bare }),
    is: 'fail',
    severity: 'high',
    says: /started before the annotation .*rollout restart deployment\/checkout/,
  },
  {
    when: 'the pods are younger than the annotation, and the webhook works now',
    estate: annotated({ containers: bare }),
    is: 'fail',
    severity: 'high',
    says: /the webhook did not see them/,
  },
  {
    when: 'neither the age of the annotation nor that of the ServiceAccount is known',
    estate: annotated(
      { containers: bare },
      {
        serviceAccounts: [
          { namespace: 'shop', name: 'checkout', annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN } },
        ],
      },
    ),
    is: 'fail',
    says: /was not read/,
  },
  {
    when: 'the pods are older than the association',
    estate: associated({ ...OLD, containers: bare }),
    is: 'fail',
    severity: 'high',
    says: /before the association/,
  },
  {
    when: 'the pods still use IRSA with another role than the association gives',
    estate: associated({
      ...OLD,
      containers: [container({ ...IRSA_VARIABLES, AWS_ROLE_ARN: other })],
    }),
    is: 'fail',
    severity: 'high',
    says: /still use IRSA as .*former/,
  },
  {
    when: 'the pods still use IRSA with the role that the association gives',
    estate: associated({ ...OLD, containers: [container()] }),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'the association of the pods is gone, and the annotation came in its place',
    estate: annotated({ ...OLD, containers: [container(POD_IDENTITY_VARIABLES)] }),
    is: 'fail',
    severity: 'high',
    says: /the agent refuses them/,
  },
  {
    when: 'the annotation named another role when the pods started',
    estate: annotated({ ...OLD, containers: [container({ ...IRSA_VARIABLES, AWS_ROLE_ARN: other })] }),
    is: 'fail',
    severity: 'medium',
    says: /former/,
  },
  {
    when: 'the container sets AWS_ROLE_ARN itself, so that the webhook adds neither variable',
    estate: annotated({ containers: [container({ AWS_ROLE_ARN: ROLE_ARN })] }),
    is: 'fail',
    severity: 'high',
    says: /sets AWS_ROLE_ARN itself and not AWS_WEB_IDENTITY_TOKEN_FILE/,
  },
  {
    when: 'an empty AWS_WEB_IDENTITY_TOKEN_FILE keeps the webhook away',
    estate: annotated({ containers: [container({ AWS_WEB_IDENTITY_TOKEN_FILE: '' })] }),
    is: 'fail',
    says: /sets AWS_WEB_IDENTITY_TOKEN_FILE itself/,
  },
  {
    when: 'some of the pods are of the form before the restart: one finding for the workload',
    estate: estateOf({
      clusters: [
        clusterWith({ pods: [podGroup(), podGroup({ ...OLD, count: 1, names: ['old'], containers: bare })] }),
      ],
    }),
    is: 'fail',
    count: 1,
    says: /1 of 3 pods/,
  },
];

/** Right, however odd it looks. */
const silent: RuleCase[] = [
  { when: 'the webhook gave IRSA', estate: annotated({}), is: 'pass' },
  {
    when: 'the webhook gave Pod Identity',
    estate: associated({ containers: [container(POD_IDENTITY_VARIABLES)] }),
    is: 'pass',
  },
  {
    when: 'the agent has its IPv6 address',
    estate: associated({
      containers: [
        container({
          ...POD_IDENTITY_VARIABLES,
          AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://[fd00:ec2::23]/v1/credentials',
        }),
      ],
    }),
    is: 'pass',
  },
  {
    when: "Istio added its proxy and its init container after AWS's webhook had been there",
    estate: annotated({
      containers: [
        container(),
        container({}, { name: 'istio-proxy' }),
        container({}, { name: 'istio-init', init: true }),
      ],
    }),
    is: 'pass',
  },
  {
    when: 'a container is left out by the annotation skip-containers',
    estate: annotated({
      annotations: { 'eks.amazonaws.com/skip-containers': 'app,sidecar' },
      containers: [container({}), container({}, { name: 'sidecar' })],
    }),
    is: 'pass',
  },
  {
    when: 'the pods carry the label for which the webhook passes them over',
    estate: annotated({
      labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': '' },
      containers: bare,
    }),
    is: 'pass',
  },
  {
    when: 'the pods define role and token themselves, with a path and a role of their own',
    estate: annotated({
      containers: [
        container({ AWS_ROLE_ARN: other, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/vault/token' }),
      ],
    }),
    is: 'pass',
  },
  {
    when: 'half of the pair comes from a ConfigMap whose names are not read',
    estate: annotated({ containers: [container({ AWS_ROLE_ARN: ROLE_ARN }, { envFrom: ['config-map'] })] }),
    is: 'pass',
  },
  {
    when: 'half of the pair is in a mounted configuration file',
    estate: annotated({
      containers: [
        container({
          AWS_PROFILE: 'shop',
          AWS_CONFIG_FILE: '/aws/config',
          AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
        }),
      ],
    }),
    is: 'pass',
  },
  {
    when: 'Windows pods have a Windows path',
    estate: annotated({
      os: 'windows',
      containers: [
        container({
          AWS_ROLE_ARN: ROLE_ARN,
          AWS_WEB_IDENTITY_TOKEN_FILE: 'C:\\var\\run\\secrets\\eks.amazonaws.com\\serviceaccount\\token',
        }),
      ],
    }),
    is: 'pass',
  },
  { when: 'pods on Fargate use IRSA', estate: annotated({ compute: 'fargate' }), is: 'pass' },
  {
    when: 'pods of an association run on Fargate, which no-unsupported-compute tells of',
    estate: associated({ compute: 'fargate', containers: bare }),
    is: 'pass',
  },
  {
    when: 'the association was changed after the pods had started: their variables stay right',
    estate: associated(
      { containers: [container(POD_IDENTITY_VARIABLES)] },
      { modified: '2026-11-01T00:00:00Z' },
    ),
    is: 'pass',
  },
  {
    when: 'an association comes before the annotation, and the pods have what it gives',
    estate: estateOf({
      clusters: [
        clusterWith(
          { pods: [podGroup({ containers: [container(POD_IDENTITY_VARIABLES)] })] },
          { podIdentityAssociations: [association({ roleArn: other })] },
        ),
      ],
    }),
    is: 'pass',
  },
  {
    when: 'new pods lack it since the cluster has no webhook: use-identity-webhook tells of it',
    estate: annotated({ containers: bare }, { webhooks: [] }),
    is: 'pass',
  },
  {
    when: 'annotation and association name two roles, and the pods have the annotated one: no-double-binding tells of it',
    estate: estateOf({
      clusters: [clusterWith({}, { podIdentityAssociations: [association({ roleArn: other })] })],
    }),
    is: 'pass',
  },
  {
    when: 'kiam left its annotation on the pods, which the webhook does not read',
    estate: annotated({ annotations: { 'iam.amazonaws.com/role': 'former' } }),
    is: 'pass',
  },
  {
    when: 'pods run as a ServiceAccount that gives them nothing',
    estate: annotated({ containers: bare }, { serviceAccounts: [serviceAccount({ annotations: {} })] }),
    is: 'not applicable',
  },
  {
    when: 'the annotation is empty, which the webhook takes for none',
    estate: annotated(
      { containers: bare },
      { serviceAccounts: [serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': '' } })] },
    ),
    is: 'not applicable',
  },
  {
    when: 'a static pod passes no admission and has no ServiceAccount',
    estate: annotated({ static: true, containers: bare }),
    is: 'not applicable',
  },
];

const { podIdentityAssociations: _, ...listUnread } = clusterWith({
  pods: [podGroup({ containers: [container(POD_IDENTITY_VARIABLES)] })],
});
const { pods: __, ...withoutPods } = clusterWith().kubernetes ?? {};

const open: RuleCase[] = [
  {
    when: 'the associations were not read, and the pods have what an association gives',
    estate: estateOf({ clusters: [listUnread] }),
    is: 'unknown',
  },
  {
    when: 'the pods were not read',
    estate: estateOf({ clusters: [{ ...clusterWith(), kubernetes: withoutPods }] }),
    is: 'unknown',
  },
];

ruleCases(rule, [...failing, ...silent, ...open]);

describe('the way to restart', () => {
  const restart = (workload: PodGroup['workload'], more: Partial<PodGroup> = {}) =>
    onlyFailure(rule, annotated({ ...OLD, containers: bare, workload, ...more })).evidence['restart'];
  it.each([
    ['Deployment', 'apps/v1', 'kubectl -n shop rollout restart deployment/api'],
    ['StatefulSet', 'apps/v1', 'kubectl -n shop rollout restart statefulset/api'],
    ['DaemonSet', undefined, 'kubectl -n shop rollout restart daemonset/api'],
    ['Rollout', 'argoproj.io/v1alpha1', 'kubectl argo rollouts -n shop restart api'],
    ['CronJob', 'batch/v1', 'its next run is made anew'],
    ['Job', 'batch/v1', 'run the Job again'],
    ['Pod', 'v1', 'create the Pod again'],
    ['SparkApplication', 'sparkoperator.k8s.io/v1beta2', 'kubectl -n shop delete pod a b'],
  ])('of a %s of %s is: %s', (kind, apiVersion, command) => {
    const workload = { kind, name: 'api', ...(apiVersion === undefined ? {} : { apiVersion }) };
    expect(restart(workload, { names: ['a', 'b'] })).toBe(command);
  });

  it('names no command that would delete only some of the pods', () => {
    expect(restart({ kind: 'ReplicaSet', name: 'api' }, { count: 9, names: ['a', 'b', 'c'] })).toBe(
      'delete its pods, so that ReplicaSet api makes new ones',
    );
  });
});

it('is not hidden by webhooks that were not read', () => {
  const { webhooks: ___, ...rest } = clusterWith({ pods: [podGroup({ containers: bare })] }).kubernetes ?? {};
  onlyFailure(rule, estateOf({ clusters: [{ ...clusterWith(), kubernetes: rest }] }));
});
