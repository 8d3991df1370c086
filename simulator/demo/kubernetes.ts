import type {
  Kubernetes,
  NodeGroup,
  PodGroup,
  RbacBinding,
  RbacRole,
  ServiceAccount,
} from '../../shared/estate/kubernetes-schema.ts';
import type { Account, Cluster, Role } from '../../shared/estate/snapshot.ts';
import { bindingOf, ROLE_ANNOTATION } from '../../shared/kubernetes/injection/binding.ts';
import { inject } from '../../shared/kubernetes/injection/inject.ts';
import { TAKEN_AT } from './places.ts';

/** What the Kubernetes APIs of the demo's clusters show: ServiceAccounts and pods for the roles that their trust policies name. */

/** Builders of what one cluster holds. */
interface Workload {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly annotations?: Record<string, string>;
  /** When it was annotated; with the ServiceAccount unless given. */
  readonly annotated?: string;
  /** What is different about its pods; null: no pods run. */
  readonly pods?: Partial<PodGroup> | null;
  /** False for pods that the webhook never saw. */
  readonly injected?: boolean;
}

const EARLY = '2026-11-16T08:30:00.000Z';
const LATE = '2026-11-20T14:05:00.000Z';

/** A ServiceAccount as the reader keeps it. */
function serviceAccountOf(
  { namespace, serviceAccount, annotations, annotated }: Workload,
  cluster: Cluster,
): ServiceAccount {
  const created = cluster.created ?? EARLY;
  return {
    namespace,
    name: serviceAccount,
    created,
    ...(annotations === undefined
      ? {}
      : { annotations: { ...annotations }, annotated: annotated ?? created }),
  };
}

/** Its pods, as the webhook leaves them. */
function podsOf(workload: Workload, cluster: Cluster, region: string): PodGroup[] {
  if (workload.pods === null) return [];
  const { namespace, serviceAccount } = workload;
  const auto = cluster.autoMode === true;
  const bare: PodGroup = {
    namespace,
    serviceAccount,
    workload: { kind: 'Deployment', name: serviceAccount, apiVersion: 'apps/v1' },
    count: 2,
    names: [`${serviceAccount}-6f7c9d5b84-2xk8p`, `${serviceAccount}-6f7c9d5b84-wq9zt`],
    oldest: EARLY,
    newest: LATE,
    phase: 'Running',
    compute: auto ? 'auto' : 'ec2',
    os: 'linux',
    nodes: ['general'],
    containers: [{ name: serviceAccount, env: [] }],
    ...workload.pods,
  };
  const associated = (cluster.podIdentityAssociations ?? []).some(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  const binding = bindingOf(workload, associated);
  const injection = binding === null ? null : inject(bare, binding, region);
  if (injection === null || bare.hostNetwork === true || workload.injected === false) return [bare];
  return [
    {
      ...bare,
      containers: bare.containers.map((container, index) => {
        const { adds = [], mount = null } = injection.containers[index] ?? {};
        return {
          ...container,
          env: [...container.env, ...adds],
          ...(mount === null ? {} : { mounts: [...(container.mounts ?? []), mount] }),
        };
      }),
      ...(injection.volume === null ? {} : { tokens: [...(bare.tokens ?? []), injection.volume] }),
    },
  ];
}

/** A pod on every node, with the node's network and, for what it asks of AWS, the node's role. */
const daemon = (serviceAccount: string): Workload => ({
  namespace: 'kube-system',
  serviceAccount,
  pods: {
    workload: { kind: 'DaemonSet', name: serviceAccount, apiVersion: 'apps/v1' },
    count: 3,
    names: [`${serviceAccount}-4kq7b`, `${serviceAccount}-9mzcx`, `${serviceAccount}-tv2wd`],
    hostNetwork: true,
  },
});

/** What runs in every cluster. */
function platformWorkloads(cluster: Cluster): Workload[] {
  if (cluster.autoMode === true) return [];
  const has = (name: string) => cluster.addons?.some((one) => one.name === name && one.status === 'ACTIVE');
  return [
    daemon('aws-node'),
    daemon('kube-proxy'),
    { namespace: 'kube-system', serviceAccount: 'coredns' },
    ...(has('eks-pod-identity-agent') ? [daemon('eks-pod-identity-agent')] : []),
  ];
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const READS = ['get', 'list', 'watch'];
const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({ apiGroups, resources, verbs });

const ROLES: readonly RbacRole[] = [
  { name: 'cluster-admin', rules: [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }] },
  {
    name: 'edit',
    rules: [
      rule([''], ['pods', 'pods/exec', 'pods/attach', 'configmaps', 'secrets', 'serviceaccounts'], VERBS),
      rule([''], ['serviceaccounts/token'], ['create']),
      rule([''], ['serviceaccounts'], ['impersonate']),
      rule(['apps'], ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], VERBS),
      rule(['batch'], ['jobs', 'cronjobs'], VERBS),
    ],
  },
  { name: 'view', rules: [rule([''], ['pods', 'configmaps', 'serviceaccounts'], READS)] },
  { name: 'system:controller:job-controller', rules: [rule([''], ['pods'], ['create', 'delete', 'list'])] },
];

/** A ClusterRole given to a group, in one namespace or everywhere. */
export function groupBinding(name: string, role: string, group: string, namespace?: string): RbacBinding {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    name,
    role: { kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'Group', name: group }],
  };
}

const BINDINGS: readonly RbacBinding[] = [
  groupBinding('cluster-admin', 'cluster-admin', 'system:masters'),
  {
    name: 'system:controller:job-controller',
    role: { kind: 'ClusterRole', name: 'system:controller:job-controller' },
    subjects: [{ kind: 'ServiceAccount', name: 'job-controller', namespace: 'kube-system' }],
  },
];

/** What of a cluster is different from the usual. */
export interface Peculiar {
  /** Added to, or in the place of, the workloads that follow from the roles. */
  readonly workloads?: readonly Workload[];
  readonly nodes?: Partial<NodeGroup>;
  /** Nodes of other kinds. */
  readonly moreNodes?: readonly NodeGroup[];
  /** ServiceAccounts that associations or trust policies name and that are not there: namespace/name. */
  readonly absent?: readonly string[];
  readonly awsAuth?: Record<string, string>;
  readonly bindings?: readonly RbacBinding[];
}

/** The Kubernetes API of a cluster, following from its associations and from the roles that trust its issuer. */
export function kubernetesOf(
  cluster: Cluster,
  { region, account, roles }: { region: string; account: Account; roles: readonly Role[] },
  peculiar: Peculiar = {},
): Kubernetes {
  const workloads = new Map(
    [
      ...platformWorkloads(cluster),
      ...annotatedWorkloads(cluster, roles),
      ...(cluster.podIdentityAssociations ?? []).map(
        ({ namespace, serviceAccount }): Workload => ({ namespace, serviceAccount }),
      ),
      ...(peculiar.workloads ?? []),
    ].map((one) => [`${one.namespace}/${one.serviceAccount}`, one]),
  );
  for (const name of peculiar.absent ?? []) workloads.delete(name);
  const all = [...workloads.values()];
  const namespaces = [...new Set(['default', 'kube-system', ...all.map(({ namespace }) => namespace)])];
  const named = new Set(all.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`));
  const defaults = namespaces
    .filter((namespace) => !named.has(`${namespace}/default`))
    .map((namespace): Workload => ({ namespace, serviceAccount: 'default', pods: null }));
  const agent = all.find(({ serviceAccount }) => serviceAccount === 'eks-pod-identity-agent');
  const nodeRole =
    cluster.nodegroups?.[0]?.roleArn ??
    `arn:${account.partition}:iam::${account.id}:role/${cluster.name}-node`;
  return {
    readAt: TAKEN_AT,
    version: `v${cluster.version ?? '1.34'}.2-eks-3abbec1`,
    namespaces,
    serviceAccounts: [...all, ...defaults].map((one) => serviceAccountOf(one, cluster)),
    pods: all.flatMap((one) => podsOf(one, cluster, region)),
    nodes: [
      {
        id: 'general',
        compute: cluster.autoMode === true ? 'auto' : 'ec2',
        os: 'linux',
        count: 3,
        names: ['ip-10-4-11-23', 'ip-10-4-28-190', 'ip-10-4-40-7'].map(
          (name) => `${name}.${region}.compute.internal`,
        ),
        ...(cluster.autoMode === true ? {} : { nodegroup: 'general' }),
        role: nodeRole,
        hopLimit: 1,
        metadata: 'required',
        ...peculiar.nodes,
      },
      ...(peculiar.moreNodes ?? []),
    ],
    awsAuth:
      peculiar.awsAuth === undefined ? null : { data: peculiar.awsAuth, created: cluster.created ?? EARLY },
    webhooks: [
      {
        configuration: 'pod-identity-webhook',
        name: 'iam-for-pods.amazonaws.com',
        failurePolicy: 'Ignore',
        url: 'https://127.0.0.1:23443/mutate',
        createsPods: true,
      },
    ],
    agents:
      agent === undefined
        ? []
        : [{ namespace: 'kube-system', name: 'eks-pod-identity-agent', desired: 3, ready: 3 }],
    roles: [...ROLES],
    bindings: [...BINDINGS, ...(peculiar.bindings ?? [])],
  };
}

/** ServiceAccounts that trust policies name under the cluster's issuer, each annotated with its role. */
function annotatedWorkloads({ issuer = '' }: Cluster, roles: readonly Role[]): Workload[] {
  const key = `${issuer.replace('https://', '')}:sub`.toLowerCase();
  return roles.flatMap(({ arn, trustPolicy }) =>
    subjectsUnder(key, JSON.parse(trustPolicy)).map(
      ([namespace, serviceAccount]): Workload => ({
        namespace,
        serviceAccount,
        annotations: { [ROLE_ANNOTATION]: arn },
      }),
    ),
  );
}

/** The exact subjects anywhere in a document under one condition key, whatever the operator. */
function subjectsUnder(key: string, value: unknown): (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name.toLowerCase() !== key) return subjectsUnder(key, inner);
    return [inner].flat().flatMap((subject) => {
      const [, namespace, serviceAccount] =
        /^system:serviceaccount:([a-z0-9-]+):([a-z0-9-]+)$/.exec(String(subject)) ?? [];
      return namespace === undefined || serviceAccount === undefined
        ? []
        : [[namespace, serviceAccount] as const];
    });
  });
}
