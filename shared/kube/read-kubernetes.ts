import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1DaemonSet,
  V1MutatingWebhookConfiguration,
  V1Namespace,
  V1Node,
  V1Pod,
  V1Role,
  V1RoleBinding,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import { present } from '../aws/reading.ts';
import type { Kubernetes, RbacBinding, RbacRole, ServiceAccount } from '../estate/kubernetes-schema.ts';
import { KUBERNETES_CONNECT } from '../estate/kubernetes-view.ts';
import type { Connection } from './connect.ts';
import { type Failure, failureOf } from './failure.ts';
import { eachPage } from './pages.ts';
import type { Plain } from './plain-list.ts';
import { groupNodes, type InstanceFacts, type InstancesRead, type Node, nodeOf } from './reads/nodes.ts';
import { podGroups } from './reads/pods.ts';
import { rbacBindingOf, rbacRoleOf } from './reads/rbac.ts';
import { serviceAccountOf } from './reads/service-accounts.ts';
import { agentOf, identityWebhooksOf } from './reads/webhooks.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** The lists that are read, of all namespaces. */
const PATHS = {
  nodes: '/api/v1/nodes',
  serviceAccounts: '/api/v1/serviceaccounts',
  namespaces: '/api/v1/namespaces',
  pods: '/api/v1/pods',
  daemonSets: '/apis/apps/v1/daemonsets',
  webhooks: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  roles: `${RBAC}/roles`,
  clusterRoles: `${RBAC}/clusterroles`,
  roleBindings: `${RBAC}/rolebindings`,
  clusterRoleBindings: `${RBAC}/clusterrolebindings`,
} as const;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** One read that failed; `kubernetes:connect` when none can succeed. */
interface KubernetesGap {
  readonly read: string;
  readonly reason: string;
}

export interface KubernetesReading {
  /** Undefined when the API server could not be asked at all. */
  readonly data: Kubernetes | undefined;
  readonly gaps: readonly KubernetesGap[];
  /** Why the API server could not be asked, when it could not. */
  readonly refused?: Failure;
}

export interface ReadOptions {
  readonly now: () => Date;
  /** What EC2 tells of instances; called once, with every instance of the cluster. Never rejects. */
  readonly instances?: (ids: readonly string[]) => Promise<InstancesRead>;
  /** Milliseconds within which the API server must answer for the first time; five seconds unless told. */
  readonly firstAnswer?: number;
  /** Told before each read. */
  readonly progress?: (read: string) => void;
}

/**
 * Reads what identity depends on from one API server: ServiceAccounts, pods (grouped, page by page), nodes, `aws-auth`,
 * the identity webhooks, the agent, RBAC and namespaces. Never Secrets, never another ConfigMap. A list that fails is a
 * gap; when the very first request shows that none can succeed, that is the only gap. Never throws.
 */
export async function readKubernetes(
  connection: Connection,
  options: ReadOptions,
): Promise<KubernetesReading> {
  const gaps: KubernetesGap[] = [];

  const read = async <T>(name: string, act: () => Promise<T>): Promise<T | undefined> => {
    options.progress?.(`kubernetes:${name}`);
    try {
      return await act();
    } catch (error) {
      gaps.push({ read: `kubernetes:${name}`, reason: failureOf(error).reason });
      return undefined;
    }
  };
  const list = <T, R>(path: string, keep: (item: Plain<T>) => readonly R[]) =>
    read(nameOf(path), async () => {
      let kept: R[] = [];
      await eachPage<Plain<T>>(
        (at) => connection.list<T>(path, at),
        (items) => {
          for (const item of items) kept.push(...keep(item));
        },
        () => {
          kept = [];
        },
      );
      return kept;
    });

  /** What has not the shape of the API is left out, and the list is not whole then. */
  const inShape = <T>(name: string, item: T | null): readonly T[] => {
    if (item === null) odd.add(name);
    return orNone(item);
  };
  const odd = new Set<string>();

  const first = await firstAnswer(connection, options.firstAnswer ?? FIRST_ANSWER);
  if (first !== null) {
    return { data: undefined, gaps: [{ read: KUBERNETES_CONNECT, reason: first.reason }], refused: first };
  }
  const [
    nodes,
    serviceAccounts,
    namespaces,
    awsAuth,
    webhooks,
    agents,
    roles,
    clusterRoles,
    bindings,
    clusterBindings,
    version,
  ] = await Promise.all([
    list<V1Node, Node>(PATHS.nodes, (item) => inShape('nodes', nodeOf(item))),
    list<V1ServiceAccount, ServiceAccount>(PATHS.serviceAccounts, (item) =>
      inShape('serviceaccounts', serviceAccountOf(item)),
    ),
    list<V1Namespace, string>(PATHS.namespaces, ({ metadata }) =>
      inShape('namespaces', metadata?.name ?? null),
    ),
    read('configmaps/aws-auth', () => readAwsAuth(connection)),
    list<V1MutatingWebhookConfiguration, Webhook>(PATHS.webhooks, identityWebhooksOf),
    list<V1DaemonSet, Agent>(PATHS.daemonSets, (item) => orNone(agentOf(item))),
    list<V1Role, RbacRole>(PATHS.roles, (item) => inShape('roles', rbacRoleOf(item))),
    list<V1ClusterRole, RbacRole>(PATHS.clusterRoles, (item) => inShape('clusterroles', rbacRoleOf(item))),
    list<V1RoleBinding, RbacBinding>(PATHS.roleBindings, (item) =>
      inShape('rolebindings', rbacBindingOf(item)),
    ),
    list<V1ClusterRoleBinding, RbacBinding>(PATHS.clusterRoleBindings, (item) =>
      inShape('clusterrolebindings', rbacBindingOf(item)),
    ),
    connection.version.getCode().then(
      ({ gitVersion }) => gitVersion,
      () => undefined,
    ),
  ]);
  const grouped = groupNodes(nodes ?? [], await factsOf(nodes ?? [], options, gaps));
  const pods = await read('pods', async () => {
    const reducer = podGroups((name) => grouped.groupOf.get(name));
    await eachPage((at) => connection.list<V1Pod>(PATHS.pods, at), reducer.add, reducer.clear);
    return reducer.result();
  });
  for (const name of odd)
    gaps.push({ read: `kubernetes:${name}`, reason: 'some of the list are not in the shape of the API' });
  if (pods?.cut === true) gaps.push({ read: 'kubernetes:pods', reason: 'more forms of pods than are kept' });
  const checked = await Promise.all(
    (webhooks ?? []).map(
      async (webhook) => (await read('endpointslices', () => withReadiness(webhook, connection))) ?? webhook,
    ),
  );
  return {
    data: present({
      readAt: options.now().toISOString(),
      version: version?.slice(0, 64),
      namespaces,
      serviceAccounts,
      pods: pods?.groups,
      nodes: nodes === undefined ? undefined : grouped.groups,
      awsAuth,
      webhooks: webhooks === undefined ? undefined : checked,
      agents,
      roles: roles === undefined || clusterRoles === undefined ? undefined : [...roles, ...clusterRoles],
      bindings:
        bindings === undefined || clusterBindings === undefined
          ? undefined
          : [...bindings, ...clusterBindings],
    }),
    gaps,
  };
}

const orNone = <T>(item: T | null): readonly T[] => (item === null ? [] : [item]);

/** A server that takes longer for who its caller is is not waited for. */
const FIRST_ANSWER = 5_000;

/** Why nothing can be read, or null: whoever is known may review themselves (Kubernetes, SelfSubjectReview). */
async function firstAnswer({ authentication }: Connection, milliseconds: number): Promise<Failure | null> {
  try {
    const late = refusal(AbortSignal.timeout(milliseconds));
    await Promise.race([authentication.createSelfSubjectReview({ body: {} }), late]);
    return null;
  } catch (error) {
    const failure = failureOf(error);
    return LOST.has(failure.kind) ? failure : null;
  }
}

/** After these no other request will do better. */
const LOST: ReadonlySet<Failure['kind']> = new Set(['connection', 'timeout', 'unauthorized', 'no-token']);

/** Rejects when the signal says so, and never resolves. */
const refusal = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

async function readAwsAuth({ core }: Connection): Promise<Kubernetes['awsAuth']> {
  try {
    return awsAuthOf(await core.readNamespacedConfigMap({ namespace: 'kube-system', name: 'aws-auth' }));
  } catch (error) {
    if (failureOf(error).kind === 'not-found') return null;
    throw error;
  }
}

function awsAuthOf({ data, metadata }: V1ConfigMap): NonNullable<Kubernetes['awsAuth']> {
  return present({
    data: data ?? {},
    created: metadata?.creationTimestamp?.toISOString(),
    resourceVersion: metadata?.resourceVersion,
  });
}

async function factsOf(
  nodes: readonly Node[],
  { instances, progress }: ReadOptions,
  gaps: KubernetesGap[],
): Promise<ReadonlyMap<string, InstanceFacts>> {
  const ids = nodes.flatMap(({ instance }) => instance ?? []);
  if (instances === undefined || ids.length === 0) return new Map();
  progress?.('ec2:DescribeInstances');
  const read = await instances(ids);
  gaps.push(...read.gaps);
  return read.facts;
}

type Webhook = NonNullable<Kubernetes['webhooks']>[number];
type Agent = NonNullable<Kubernetes['agents']>[number];

/** A webhook that is a Service of the cluster works only while that has ready endpoints. */
async function withReadiness(webhook: Webhook, { discovery }: Connection): Promise<Webhook> {
  const { service } = webhook;
  if (service === undefined) return webhook;
  const { items } = await discovery.listNamespacedEndpointSlice({
    namespace: service.namespace,
    labelSelector: `kubernetes.io/service-name=${service.name}`,
  });
  const ready = items.some(({ endpoints }) =>
    (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
  );
  return { ...webhook, ready };
}
