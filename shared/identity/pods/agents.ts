import type { ClusterView, Missing } from '../../estate/estate.ts';
import type { PodGroup } from '../../estate/kubernetes-schema.ts';

/** What Kubernetes shows of the DaemonSets that run the Pod Identity agent. */
export type Agents =
  | { readonly kind: 'ready' | 'partly' | 'down'; readonly words: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unread'; readonly missing: Missing };

/**
 * Whether the agent runs, by its DaemonSets: of the add-on or of one's own. One that wants no node (the add-on's for hybrid
 * nodes, in a cluster without them) says nothing.
 */
export function agentsOf({ kubernetes }: ClusterView): Agents {
  const missing = kubernetes.missing('agents');
  const wanted = (kubernetes.data.agents ?? []).filter(({ desired }) => desired > 0);
  const all = wanted.map(
    ({ namespace, name, ready, desired }) =>
      `DaemonSet ${namespace}/${name} is ready on ${ready} of ${desired} nodes`,
  );
  const words = `${all.join(', ')}.`;
  if (wanted.length > 0) {
    if (wanted.every(({ ready, desired }) => ready >= desired)) return { kind: 'ready', words };
    return { kind: wanted.every(({ ready }) => ready === 0) ? 'down' : 'partly', words };
  }
  if (missing !== null) return { kind: 'unread', missing };
  const idle = kubernetes.data.agents?.[0];
  if (idle === undefined) return { kind: 'none' };
  if (nodesWantIt(kubernetes.data.nodes))
    return { kind: 'down', words: `DaemonSet ${idle.namespace}/${idle.name} runs on no node.` };
  return {
    kind: 'ready',
    words: `DaemonSet ${idle.namespace}/${idle.name} is there, and no node asks for it now.`,
  };
}

function nodesWantIt(nodes: ClusterView['kubernetes']['data']['nodes']): boolean {
  return nodes?.some(({ compute, os }) => compute === 'ec2' && os === 'linux') === true;
}

/** The running pods of every association of a cluster: where they are decides over agent, node role and compute. */
export function podsOfAssociations({ cluster, kubernetes }: ClusterView): readonly PodGroup[] {
  return (cluster.podIdentityAssociations ?? []).flatMap(({ namespace, serviceAccount }) =>
    kubernetes.podsOf(namespace, serviceAccount),
  );
}
