/** What a Pod Identity association needs of its cluster: the agent, and compute with an agent. */
import type { ClusterView } from '../estate/estate.ts';
import type { PodGroup } from '../estate/kubernetes-schema.ts';
import { globMatcher } from '../iam/glob.ts';
import type { Repair, Step } from './chain.ts';
import { fail, leftOut, pass, unknown, unread } from './checks.ts';
import { agentsOf, podsOfAssociations } from './pods/agents.ts';
import { lacksAgent } from './pods/injection.ts';

/** Name of the add-on (EKS user guide, Set up the Amazon EKS Pod Identity Agent). */
const AGENT_ADDON = 'eks-pod-identity-agent';

/** Whether the agent works where the pods are: all pods of associations unless some are given. */
export function agentStep(view: ClusterView, pods: readonly PodGroup[] = podsOfAssociations(view)): Step {
  const { cluster } = view;
  const elsewhere = pods.some(({ compute }) => compute === 'ec2' || compute === 'hybrid');
  if (cluster.autoMode === true && !elsewhere)
    return pass('pod-identity-agent', 'EKS Auto Mode has the agent built in.');
  const agents = agentsOf(view);
  if (pods.some(({ compute }) => compute === 'hybrid') && agents.kind !== 'unread' && !mayServeHybrid(view))
    return unknown('pod-identity-agent', NOT_HYBRID);
  switch (agents.kind) {
    case 'ready':
      return pass('pod-identity-agent', agents.words);
    case 'down':
      return fail('pod-identity-agent', agents.words, 'use-pod-identity-agent');
    case 'partly':
      return unknown(
        'pod-identity-agent',
        `${agents.words} Pods on the others get no credentials: kubectl get pods -A -o wide shows which.`,
      );
    case 'none':
      return withoutDaemonSet(view);
    case 'unread':
      return addonStep(view);
  }
}

/**
 * The add-on's own DaemonSet keeps off hybrid nodes, and those for them have longer names (eks-pod-identity-agent, its Helm
 * chart). One of that name on more nodes than EC2 has was made otherwise.
 */
function mayServeHybrid({ kubernetes: { data } }: ClusterView): boolean {
  const wanted = (data.agents ?? []).filter(({ desired }) => desired > 0);
  if (wanted.some(({ name }) => name !== AGENT_ADDON)) return true;
  const desired = wanted.reduce((sum, one) => sum + one.desired, 0);
  const instances = (data.nodes ?? []).filter(({ compute }) => compute !== 'hybrid' && compute !== 'fargate');
  return data.nodes !== undefined && desired > instances.reduce((sum, { count }) => sum + count, 0);
}

const NOT_HYBRID = `Pods run on hybrid nodes, and no DaemonSet of the agent is known to run there: that of the add-on ${AGENT_ADDON} keeps off them, and its configuration makes another with daemonsets.hybrid.create (kubectl get daemonsets -A shows which there are).`;

/** Kubernetes shows no DaemonSet of the agent: only an add-on that EKS calls ACTIVE says otherwise. */
function withoutDaemonSet(view: ClusterView): Step {
  const addon = view.cluster.addons?.find(({ name }) => name === AGENT_ADDON);
  if (addon?.status === 'ACTIVE') return addonStep(view);
  return fail(
    'pod-identity-agent',
    `No DaemonSet of the cluster runs the agent, and ${addon === undefined ? `it has no add-on ${AGENT_ADDON}` : `its add-on ${AGENT_ADDON} is ${addon.status ?? 'in a state that was not read'}`}: no pod gets credentials.`,
    'use-pod-identity-agent',
  );
}

/** What to do about an agent that does not work: one that is installed and does not run has its reason in its own pods. */
export function agentRepair(view: ClusterView): Repair {
  const { cluster } = view;
  const agents = agentsOf(view);
  if (agents.kind === 'down' || agents.kind === 'partly') {
    return {
      text: `${agents.words} It is installed: its pods say why it does not run (kubectl -n kube-system logs -l app.kubernetes.io/name=${AGENT_ADDON}). Two reasons are known: nodes whose kernel has IPv6 switched off, where it cannot bind [fd00:ec2::23] unless its configuration names 169.254.170.23 alone, and something else on port 80 of the node.`,
    };
  }
  return {
    text: `Install the agent${cluster.addons?.some(({ name }) => name === AGENT_ADDON) === true ? ' anew' : ''}: aws eks create-addon --cluster-name ${cluster.name} --addon-name ${AGENT_ADDON}. It makes every association of the cluster effective.`,
  };
}

/** What the add-on says, where Kubernetes was not read: without it the agent may be a DaemonSet of one's own. */
function addonStep(view: ClusterView): Step {
  const { cluster } = view;
  const addon = cluster.addons?.find(({ name }) => name === AGENT_ADDON);
  if (addon?.status === 'ACTIVE') return pass('pod-identity-agent', `The add-on ${AGENT_ADDON} is ACTIVE.`);
  if (addon?.status === 'CREATE_FAILED' || addon?.status === 'DELETING') {
    return fail(
      'pod-identity-agent',
      `The add-on ${AGENT_ADDON} is ${addon.status}.`,
      'use-pod-identity-agent',
    );
  }
  if (addon !== undefined) {
    const status = addon.status === undefined ? 'has a status that was not read' : `is ${addon.status}`;
    return unknown(
      'pod-identity-agent',
      `The add-on ${AGENT_ADDON} ${status}: Kubernetes shows whether its pods run.`,
    );
  }
  const missing = view.missing('addons');
  if (missing !== null) return unknown('pod-identity-agent', unread(missing));
  return unknown(
    'pod-identity-agent',
    `The cluster has no add-on ${AGENT_ADDON}: without an agent of one's own, which Kubernetes would show as a DaemonSet, no pod gets credentials (aws eks create-addon --cluster-name ${cluster.name} --addon-name ${AGENT_ADDON}).`,
  );
}

/** A Fargate profile that takes every pod of a namespace, whatever its labels, or null (EKS user guide, Fargate profiles). */
function fargateProfileFor({ cluster }: ClusterView, namespace: string): string | null {
  const profile = cluster.fargateProfiles?.find(({ selectors }) =>
    selectors?.some(
      (selector) =>
        Object.keys(selector.labels ?? {}).length === 0 && globMatcher(selector.namespace)(namespace),
    ),
  );
  return profile?.name ?? null;
}

/**
 * Whether the pods run where there is an agent: Linux, and not Fargate (EKS user guide, EKS Pod Identity restrictions).
 * Pods that run decide; without any, a Fargate profile that takes the whole namespace does.
 */
export function computeStep(view: ClusterView, namespace: string, serviceAccount: string): Step {
  const pods = view.kubernetes.podsOf(namespace, serviceAccount);
  const without = pods.find(lacksAgent);
  if (without !== undefined) {
    const where = without.compute === 'fargate' ? 'Fargate' : 'Windows';
    return fail(
      'compute',
      `${without.workload.kind} ${namespace}/${without.workload.name} runs on ${where}, where Pod Identity does not work.`,
      'no-unsupported-compute',
    );
  }
  const profile = fargateProfileFor(view, namespace);
  const missing = view.kubernetes.missing('pods');
  if (pods.length === 0 && profile !== null) {
    return fail(
      'compute',
      `The Fargate profile ${profile} takes every pod of namespace ${namespace}, and Pod Identity does not work on Fargate.`,
      'no-unsupported-compute',
    );
  }
  if (missing !== null) {
    return unknown(
      'compute',
      'Kubernetes shows whether the pods run where Pod Identity works: Linux on EC2, not Fargate and not Windows.',
      'kubernetes',
    );
  }
  if (pods.length === 0)
    return leftOut(
      'compute',
      `No pod runs as ${namespace}/${serviceAccount}: where one would run is not known.`,
    );
  if (pods.some(({ compute, os }) => compute === 'unknown' && os !== 'linux'))
    return unknown(
      'compute',
      'Some of the pods are on nodes that were not read, or on none yet.',
      'kubernetes',
    );
  return pass('compute', 'The pods run where Pod Identity works.');
}
