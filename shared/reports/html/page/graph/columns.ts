import type { GraphEdge, GraphNodeKind, IdentityGraph } from '../../data.ts';
import type { Part } from './neighbourhood.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** How far the middles of two nodes are apart. */
export interface Grid {
  readonly across: number;
  readonly down: number;
}

const COLUMNS: Readonly<Record<GraphNodeKind, number>> = {
  cluster: 0,
  'service-account': 1,
  pattern: 1,
  role: 2,
  privilege: 4,
};

/**
 * Places of the nodes of a graph that is too large for a layout that looks for the fewest crossings: one column for each
 * kind, the nodes of a cluster side by side, everything as near to what leads to it as there is room. Linear.
 */
export function columns(
  graph: IdentityGraph,
  { nodes, edges }: Part,
  { across, down }: Grid,
): ReadonlyMap<number, Place> {
  const out = Map.groupBy(edges, ({ from }) => from);
  const targets = new Set(edges.filter(({ way }) => way === 'target').map(({ to }) => to));
  const places = new Map<number, Place>();
  const free = [0, 0, 0, 0, 0];
  const put = (index: number, wanted: number): number => {
    const known = places.get(index);
    if (known !== undefined) return known.y;
    const column = targets.has(index) ? 3 : COLUMNS[graph.nodes[index]?.kind ?? 'role'];
    const y = Math.max(free[column] ?? 0, wanted);
    free[column] = y + down;
    places.set(index, { x: column * across, y });
    for (const { to } of next(index)) put(to, y);
    return y;
  };
  // Privileges are few and shared: they come last, each to the middle of those who have it.
  const next = (index: number): readonly GraphEdge[] =>
    (out.get(index) ?? []).filter(({ way }) => way !== 'grants');
  const ofKind = (...kinds: GraphNodeKind[]) =>
    nodes.filter((index) => kinds.includes(graph.nodes[index]?.kind ?? 'role'));
  for (const cluster of ofKind('cluster')) {
    const top = Math.max(free[0] ?? 0, free[1] ?? 0);
    const held = next(cluster).map(({ to }) => put(to, top));
    const middle = held.length === 0 ? top : ((held[0] ?? 0) + (held.at(-1) ?? 0)) / 2;
    put(cluster, middle);
    free[1] = Math.max(free[1] ?? 0, free[0] ?? 0);
  }
  for (const index of ofKind('service-account', 'pattern', 'role')) put(index, 0);
  const into = Map.groupBy(
    edges.filter(({ way }) => way === 'grants'),
    ({ to }) => to,
  );
  const middles = ofKind('privilege').map((index) => {
    const from = (into.get(index) ?? []).map((edge) => places.get(edge.from)?.y ?? 0);
    return { index, y: from.reduce((sum, y) => sum + y, 0) / Math.max(1, from.length) };
  });
  for (const { index, y } of middles.sort((a, b) => a.y - b.y)) put(index, y);
  return places;
}
