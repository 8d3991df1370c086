import type { Verdict } from '../../../../identity/chain.ts';
import type { GraphEdge, GraphNode, IdentityGraph, ReportFinding } from '../../data.ts';

/** One way from a cluster to privileges. */
export interface Path {
  readonly cluster: GraphNode | null;
  /** The ServiceAccount or pattern; null: the role is nobody's in any cluster. */
  readonly holder: GraphNode | null;
  readonly way: GraphEdge['way'] | null;
  /** Of the way to the role; without one, of the ServiceAccount. */
  readonly state: Verdict | null;
  readonly reason: string | undefined;
  /** The roles in order: more than one where the first is chained to a target. */
  readonly roles: readonly GraphNode[];
  /** What the last role may do; null: there is no role. */
  readonly privilege: GraphNode | null;
}

interface Neighbours {
  readonly out: ReadonlyMap<number, readonly GraphEdge[]>;
  readonly into: ReadonlyMap<number, readonly GraphEdge[]>;
}

const known = new WeakMap<IdentityGraph, Neighbours>();

/** The edges of each node, in both directions. */
export function neighboursOf(graph: IdentityGraph): Neighbours {
  let found = known.get(graph);
  if (found === undefined) {
    found = {
      out: Map.groupBy(graph.edges, ({ from }) => from),
      into: Map.groupBy(graph.edges, ({ to }) => to),
    };
    known.set(graph, found);
  }
  return found;
}

/** Every ServiceAccount and pattern with the role that it gets and what that leads to, in the order of the nodes. */
export function allPaths(graph: IdentityGraph): Path[] {
  const { out, into } = neighboursOf(graph);
  return graph.nodes.flatMap((holder, index): Path[] => {
    if (holder.kind !== 'service-account' && holder.kind !== 'pattern') return [];
    const held = into.get(index)?.find(({ way }) => way === 'holds');
    const cluster = held === undefined ? null : (graph.nodes[held.from] ?? null);
    const edges = out.get(index) ?? [];
    if (edges.length === 0) {
      const standing = { state: held?.state ?? null, reason: held?.reason };
      return [{ cluster, holder, way: null, ...standing, roles: [], privilege: null }];
    }
    return edges.map(({ to, way, state, reason }) => ({
      cluster,
      holder,
      way,
      state,
      reason,
      ...alongRoles(to, graph, out),
    }));
  });
}

/** From a role over its target to the privileges of the last one. */
function alongRoles(
  start: number,
  graph: IdentityGraph,
  out: Neighbours['out'],
): Pick<Path, 'roles' | 'privilege'> {
  const roles: GraphNode[] = [];
  const seen = new Set<number>();
  let index: number | undefined = start;
  let privilege: GraphNode | null = null;
  while (index !== undefined && !seen.has(index)) {
    seen.add(index);
    const node: GraphNode | undefined = graph.nodes[index];
    if (node !== undefined) roles.push(node);
    const edges: readonly GraphEdge[] = out.get(index) ?? [];
    const grants: GraphEdge | undefined = edges.find(({ way }) => way === 'grants');
    privilege = grants === undefined ? null : (graph.nodes[grants.to] ?? null);
    index = edges.find(({ way }) => way === 'target')?.to;
  }
  return { roles, privilege };
}

/** The paths that a finding is on: those of its ServiceAccount where it has one, else those through its role. */
export function pathsOf(finding: ReportFinding, paths: readonly Path[]): readonly Path[] {
  const { namespace, serviceAccount, cluster, role } = finding;
  if (serviceAccount !== undefined && cluster !== undefined) {
    const label = `${namespace ?? ''}/${serviceAccount}`;
    return paths.filter((path) => path.holder?.label === label && path.cluster?.label === cluster);
  }
  return role === undefined ? [] : paths.filter(({ roles }) => roles.some(({ name }) => name === role));
}
