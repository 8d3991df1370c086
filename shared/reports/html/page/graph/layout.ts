import dagre from '@dagrejs/dagre';
import type { IdentityGraph } from '../../data.ts';
import { columns, type Place } from './columns.ts';
import { MOST_DRAWN, type Part } from './neighbourhood.ts';

/** Size of a node. */
export const WIDTH = 210;
export const HEIGHT = 28;

/** Places of nodes by their index: layers with few crossings; where that would take longer than a reader waits, columns. */
export function placesOf(graph: IdentityGraph, part: Part): ReadonlyMap<number, Place> {
  const { nodes, edges } = part;
  if (nodes.length > MOST_DRAWN) return columns(graph, part, { across: WIDTH + 100, down: HEIGHT + 8 });
  const layout = new dagre.graphlib.Graph();
  layout.setGraph({ rankdir: 'LR', nodesep: 8, ranksep: 80, ranker: 'network-simplex' });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const index of nodes) layout.setNode(String(index), { width: WIDTH, height: HEIGHT });
  for (const { from, to } of edges) layout.setEdge(String(from), String(to));
  dagre.layout(layout);
  return new Map(
    nodes.map((index) => {
      const { x, y } = layout.node(String(index));
      return [index, { x, y }];
    }),
  );
}
