/** Which pods can take the role of the node that they run on, from its instance metadata. */
import type { ClusterView } from '../../estate/estate.ts';
import type { Container, NodeGroup, PodGroup } from '../../estate/kubernetes-schema.ts';
import { winner } from '../../kubernetes/credentials/chain.ts';
import { roleOfNodes } from './node-roles.ts';
import { boundBy, type Workload, workloadsOf } from './workloads.ts';

/** The nodes of one role in one cluster, and the workloads there that can take it. */
export interface NodeRoleReach {
  readonly cluster: ClusterView;
  /** ARN, or null for nodes whose role was not read. */
  readonly role: string | null;
  readonly reached: readonly Workload[];
  /** Workloads of which only the hop limit would tell, which was not read. */
  readonly open: readonly Workload[];
}

type Reach = 'yes' | 'no' | 'unread';

/** For each node role of a cluster, the workloads without an identity of their own that can take it. */
export function nodeRoleReach(cluster: ClusterView): NodeRoleReach[] {
  const nodes = (cluster.kubernetes.data.nodes ?? []).filter(hasInstanceMetadata);
  const roles = new Set(nodes.map((node) => roleOfNodes(node, cluster)));
  const places = workloadsOf(cluster).flatMap((workload) => placesOf(workload));
  return [...roles].map((role) => {
    const here = places.filter(({ node }) => roleOfNodes(node, cluster) === role);
    const by = (wanted: Reach) => [
      ...new Set(here.filter(({ reach }) => reach === wanted).map(({ workload }) => workload)),
    ];
    return { cluster, role, reached: by('yes'), open: by('unread') };
  });
}

interface Place {
  readonly workload: Workload;
  readonly node: NodeGroup;
  readonly reach: Reach;
}

/** Where the pods of a workload are that have no identity of their own. */
function placesOf(workload: Workload): Place[] {
  const { cluster, namespace, serviceAccount } = workload;
  if (boundBy(cluster, namespace, serviceAccount) !== null) return [];
  return workload.groups
    .filter((group) => !isMeantForNode(workload, group) && !hasOwnIdentity(group))
    .flatMap((group) =>
      (group.nodes ?? []).flatMap((id) => {
        const node = cluster.kubernetes.node(id);
        return node === undefined ? [] : [{ workload, node, reach: reachOf(node, group) }];
      }),
    );
}

/** Fargate and hybrid nodes are no instances of EC2 with a role. */
function hasInstanceMetadata({ compute }: NodeGroup): boolean {
  return compute !== 'fargate' && compute !== 'hybrid';
}

/**
 * Whether pods reach the metadata service of their node. The hop limit holds back the answers to requests for a session
 * token alone: where none is required, it keeps nobody out (EC2 user guide, Configure the instance metadata options).
 */
export function reachOf(node: NodeGroup, { hostNetwork }: PodGroup): Reach {
  const { metadata, hopLimit } = node;
  if (!hasInstanceMetadata(node)) return 'no';
  if (metadata === 'disabled') return 'no';
  if (metadata === 'optional' || hostNetwork === true) return 'yes';
  if (hopLimit !== undefined) return hopLimit > 1 ? 'yes' : 'no';
  return 'unread';
}

/**
 * Agents of the node use its role by design: what EKS and AWS put into kube-system and amazon-… namespaces, and DaemonSets
 * on the network of their host.
 */
export function isMeantForNode({ namespace, kind }: Workload, { hostNetwork }: PodGroup): boolean {
  if (namespace === 'kube-system') return true;
  if (kind !== 'DaemonSet') return false;
  return hostNetwork === true || namespace.startsWith('amazon-');
}

/** True when every container has credentials of its own specification. */
function hasOwnIdentity({ containers }: PodGroup): boolean {
  const main = containers.filter(({ init }) => init !== true);
  return main.length > 0 && main.every(bringsCredentials);
}

function bringsCredentials(container: Container): boolean {
  const won = winner(container);
  return won.kind === 'certain' && won.source !== 'instance-metadata' && won.source !== 'nobody';
}
