import { type PodGroup, podGroupSchema } from '../../shared/estate/kubernetes-schema.ts';
import { bindingOf } from '../../shared/kubernetes/injection/binding.ts';
import { inject } from '../../shared/kubernetes/injection/inject.ts';
import type { CompactKubernetes, CompactWorkload } from './case-schema.ts';

/** What of a cluster the pods depend on. */
interface Around {
  readonly region: string;
  readonly autoMode: boolean;
  readonly nodeRole: string | undefined;
  readonly associations: readonly { readonly namespace?: unknown; readonly serviceAccount?: unknown }[];
}

const CREATED = '2026-01-03T00:00:00Z';
const STARTED = '2026-02-01T00:00:00Z';

/** The Kubernetes API of a cluster in which everything else is as EKS makes it: the webhook, the agent, nodes that pods cannot take the role of. */
export function expandKubernetes(compact: CompactKubernetes, around: Around): Record<string, unknown> {
  const { workloads = [], nodes, awsAuth, roles, bindings, ...rest } = compact;
  const { autoMode, nodeRole } = around;
  return {
    namespaces: [...new Set(['default', 'kube-system', ...workloads.map(({ namespace }) => namespace)])],
    serviceAccounts: accountsOf(workloads),
    pods: workloads.flatMap((workload) => (workload.pods === false ? [] : [podsOf(workload, around)])),
    nodes: nodes ?? [
      {
        id: 'workers',
        compute: autoMode ? 'auto' : 'ec2',
        os: 'linux',
        count: 3,
        names: ['ip-10-0-1-23.ec2.internal'],
        hopLimit: 1,
        metadata: 'required',
        ...(nodeRole === undefined ? {} : { role: nodeRole }),
      },
    ],
    awsAuth: awsAuth === undefined ? null : { data: awsAuth },
    webhooks: [
      {
        configuration: 'pod-identity-webhook',
        name: 'iam-for-pods.amazonaws.com',
        failurePolicy: 'Ignore',
        url: 'https://127.0.0.1:23443/mutate',
        createsPods: true,
      },
    ],
    agents: autoMode
      ? []
      : [{ namespace: 'kube-system', name: 'eks-pod-identity-agent', desired: 3, ready: 3 }],
    roles: roles ?? [],
    bindings: bindings ?? [],
    ...rest,
  };
}

/** Workloads may share a ServiceAccount. */
function accountsOf(workloads: readonly CompactWorkload[]): object[] {
  const accounts = new Map(
    workloads.map(({ namespace, serviceAccount: name, annotations }) => [
      `${namespace}/${name}`,
      { namespace, name, created: CREATED, ...(annotations && { annotations, annotated: CREATED }) },
    ]),
  );
  return [...accounts.values()];
}

/** Pods as the webhook leaves them; `injected: false`: it never saw them. */
function podsOf(workload: CompactWorkload, { region, autoMode, associations }: Around): PodGroup {
  const { namespace, serviceAccount, annotations, injected = true, pods } = workload;
  const name = workload.name ?? serviceAccount;
  const bare: PodGroup = podGroupSchema.parse({
    namespace,
    serviceAccount,
    workload: { kind: workload.kind ?? 'Deployment', name },
    count: 2,
    names: [`${name}-1`, `${name}-2`],
    oldest: STARTED,
    newest: STARTED,
    phase: 'Running',
    compute: autoMode ? 'auto' : 'ec2',
    os: 'linux',
    nodes: ['workers'],
    containers: [{ name: 'main', env: [] }],
    ...(typeof pods === 'object' && pods),
  });
  const associated = associations.some(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
  const binding = injected ? bindingOf({ annotations }, associated) : null;
  const injection = binding === null ? null : inject(bare, binding, region);
  if (injection === null) return bare;
  return {
    ...bare,
    containers: bare.containers.map((container, index) => {
      const { adds = [], mount = null } = injection.containers[index] ?? {};
      const mounts = [...(container.mounts ?? []), ...(mount === null ? [] : [mount])];
      return { ...container, env: [...container.env, ...adds], ...(mounts.length > 0 && { mounts }) };
    }),
    tokens: [...(bare.tokens ?? []), ...(injection.volume === null ? [] : [injection.volume])],
  };
}
