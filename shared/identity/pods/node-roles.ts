import type { ClusterView } from '../../estate/estate.ts';
import type { NodeGroup, PodGroup } from '../../estate/kubernetes-schema.ts';

/** The roles of the nodes that some pods run on. */
export interface PodNodeRoles {
  readonly roles: readonly string[];
  /** False when the role of one of the nodes is not known. */
  readonly complete: boolean;
}

/** The roles of the nodes of some pods, or null when nothing shows on which nodes they are. */
export function rolesOfPods(pods: readonly PodGroup[], view: ClusterView): PodNodeRoles | null {
  const running = pods.filter(({ compute }) => compute !== 'fargate');
  const ids = new Set(running.flatMap(({ nodes }) => nodes ?? []));
  if (ids.size === 0) return null;
  const groups = [...ids].map((id) => view.kubernetes.node(id));
  const roles = groups.map((group) => (group === undefined ? null : roleOfNodes(group, view)));
  const placed = running.every(({ nodes, phase }) => phase === 'Pending' || (nodes?.length ?? 0) > 0);
  return {
    roles: [...new Set(roles.filter((role) => role !== null))],
    complete: placed && !roles.includes(null),
  };
}

/** The role of some nodes: of their instance profile, else of their managed node group; of Auto Mode, its one access entry. */
export function roleOfNodes(
  { role, nodegroup, compute }: NodeGroup,
  { cluster }: ClusterView,
): string | null {
  if (role !== undefined) return role;
  const managed = cluster.nodegroups?.find(({ name }) => name === nodegroup)?.roleArn;
  if (managed !== undefined) return managed;
  if (compute !== 'auto') return null;
  const entries = (cluster.accessEntries ?? []).filter(({ type }) => type === 'EC2');
  return entries.length === 1 ? (entries[0]?.principalArn ?? null) : null;
}
