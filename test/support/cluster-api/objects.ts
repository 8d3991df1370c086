import { ACCOUNT } from '../simulated-cluster.ts';

const CREATED = '2026-11-01T08:00:00Z';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const named = (name: string, namespace?: string) => ({
  name,
  creationTimestamp: CREATED,
  ...(namespace !== undefined && { namespace }),
});

/** A ServiceAccount that names a role by its annotation. */
const annotated = (name: string, role: string) => ({
  metadata: {
    ...named(name, 'shop'),
    annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${ACCOUNT}:role/${role}` },
  },
});

const node = (name: string, instance: string) => ({
  metadata: {
    ...named(name),
    labels: { 'eks.amazonaws.com/nodegroup': 'general', 'kubernetes.io/os': 'linux' },
  },
  spec: { providerID: `aws:///eu-west-1a/${instance}` },
});

const pod = (name: string, nodeName: string) => ({
  metadata: named(`${name}-0`, 'shop'),
  spec: { serviceAccountName: name, nodeName, containers: [{ name: 'app', image: 'app' }] },
  status: { phase: 'Running' },
});

const daemonSet = (name: string) => ({
  metadata: named(name, 'kube-system'),
  spec: { template: { spec: { containers: [{ name: 'main', image: name }] } } },
  status: { desiredNumberScheduled: 2, numberReady: 2 },
});

const webhook = (name: string) => ({
  metadata: named(name),
  webhooks: [
    {
      name: `${name}.amazonaws.com`,
      failurePolicy: 'Ignore',
      clientConfig: { service: { namespace: 'kube-system', name, path: '/mutate' } },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    },
  ],
});

const role = (name: string, namespace?: string) => ({
  metadata: named(name, namespace),
  rules: [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }],
});

const binding = (name: string, kind: 'Role' | 'ClusterRole', namespace?: string) => ({
  metadata: named(name, namespace),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
  subjects: [{ kind: 'Group', name: 'developers', apiGroup: 'rbac.authorization.k8s.io' }],
});

/** Instances of the cluster's nodes. */
export const INSTANCES = ['i-0123456789abcdef0', 'i-0123456789abcdef1'] as const;

/**
 * Lists of a cluster with at least two objects each, so that each can be cut into pages; one of the ServiceAccounts relies
 * on a role that is not there.
 */
export const LISTS: Readonly<Record<string, readonly object[]>> = {
  '/api/v1/nodes': INSTANCES.map((instance, at) => node(`node-${at}`, instance)),
  '/api/v1/serviceaccounts': [annotated('checkout', 'checkout'), annotated('refunds', 'refunds')],
  '/api/v1/namespaces': [{ metadata: named('kube-system') }, { metadata: named('shop') }],
  '/api/v1/pods': [pod('checkout', 'node-0'), pod('refunds', 'node-1')],
  '/apis/apps/v1/daemonsets': [daemonSet('eks-pod-identity-agent'), daemonSet('kube-proxy')],
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': [
    webhook('pod-identity-webhook'),
    webhook('other-webhook'),
  ],
  [`${RBAC}/roles`]: [role('reader', 'shop'), role('writer', 'shop')],
  [`${RBAC}/clusterroles`]: [role('view'), role('edit')],
  [`${RBAC}/rolebindings`]: [binding('reader', 'Role', 'shop'), binding('writer', 'Role', 'shop')],
  [`${RBAC}/clusterrolebindings`]: [binding('view', 'ClusterRole'), binding('edit', 'ClusterRole')],
};

/** What is answered elsewhere than in lists, by path. */
export const SINGLE: Readonly<Record<string, object>> = {
  '/version/': { major: '1', minor: '34', gitVersion: 'v1.34.1-eks-1' },
  '/apis/authentication.k8s.io/v1/selfsubjectreviews': { status: { userInfo: { username: 'podtrust' } } },
  '/api/v1/namespaces/kube-system/configmaps/aws-auth': {
    metadata: named('aws-auth', 'kube-system'),
    data: {},
  },
  '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices': {
    items: [{ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }] }],
  },
};
