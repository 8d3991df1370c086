/** Kubernetes of the example cluster `shop`, completely read, with what an example changes. */
import type {
  Container,
  IdentityWebhook,
  Kubernetes,
  NodeGroup,
  PodGroup,
  ServiceAccount,
} from '../../estate/kubernetes-schema.ts';
import type { Cluster } from '../../estate/snapshot.ts';
import { cluster, ROLE_ARN } from './estate.ts';

/** The webhook that EKS gives every cluster. */
export function webhook(changes: Partial<IdentityWebhook> = {}): IdentityWebhook {
  return {
    configuration: 'pod-identity-webhook',
    name: 'iam-for-pods.amazonaws.com',
    failurePolicy: 'Ignore',
    url: 'https://127.0.0.1:23443/mutate',
    createsPods: true,
    ...changes,
  };
}

/** The ServiceAccount `shop/checkout`, annotated with the role `checkout` half a year ago. */
export function serviceAccount(changes: Partial<ServiceAccount> = {}): ServiceAccount {
  return {
    namespace: 'shop',
    name: 'checkout',
    annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN },
    created: '2026-05-01T00:00:00Z',
    annotated: '2026-05-01T00:00:00Z',
    ...changes,
  };
}

/** Variables, by name and value. */
export function environment(variables: Readonly<Record<string, string>>): Container['env'] {
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

/** What the webhook gives containers for an annotation with the role `checkout`. */
export const IRSA_VARIABLES = {
  AWS_ROLE_ARN: ROLE_ARN,
  AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
  AWS_REGION: 'eu-west-1',
} as const;

/** What the webhook gives containers for an association. */
export const POD_IDENTITY_VARIABLES = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/v1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
    '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
  AWS_REGION: 'eu-west-1',
} as const;

/** A container with variables, those of IRSA unless others are given. */
export function container(
  variables: Readonly<Record<string, string>> = IRSA_VARIABLES,
  changes: Partial<Container> = {},
): Container {
  return { name: 'app', env: environment(variables), ...changes };
}

/** Two pods of the Deployment `shop/checkout` on EC2 nodes, started last month. */
export function podGroup(changes: Partial<PodGroup> = {}): PodGroup {
  return {
    namespace: 'shop',
    serviceAccount: 'checkout',
    workload: { kind: 'Deployment', name: 'checkout', apiVersion: 'apps/v1' },
    count: 2,
    names: ['checkout-5d9c7b-abcde', 'checkout-5d9c7b-fghij'],
    oldest: '2026-10-20T08:00:00Z',
    newest: '2026-10-21T08:00:00Z',
    phase: 'Running',
    compute: 'ec2',
    os: 'linux',
    nodes: ['workers'],
    containers: [container()],
    ...changes,
  };
}

/** Three Linux nodes of a managed node group, whose instance metadata only processes of the node reach. */
export function nodeGroup(changes: Partial<NodeGroup> = {}): NodeGroup {
  return {
    id: 'workers',
    compute: 'ec2',
    os: 'linux',
    count: 3,
    names: ['ip-10-0-0-1.eu-west-1.compute.internal'],
    nodegroup: 'workers',
    role: 'arn:aws:iam::111122223333:role/node',
    hopLimit: 1,
    metadata: 'required',
    ...changes,
  };
}

/** Everything that the API of the cluster `shop` shows: one ServiceAccount, one workload, one kind of node. */
export function kubernetes(changes: Partial<Kubernetes> = {}): Kubernetes {
  return {
    namespaces: ['default', 'kube-system', 'shop'],
    serviceAccounts: [serviceAccount()],
    pods: [podGroup()],
    nodes: [nodeGroup()],
    awsAuth: null,
    webhooks: [webhook()],
    agents: [{ namespace: 'kube-system', name: 'eks-pod-identity-agent', desired: 3, ready: 3 }],
    roles: [],
    bindings: [],
    ...changes,
  };
}

/** The cluster `shop` with its Kubernetes API read. */
export function clusterWith(changes: Partial<Kubernetes> = {}, more: Partial<Cluster> = {}): Cluster {
  return cluster({ kubernetes: kubernetes(changes), ...more });
}
