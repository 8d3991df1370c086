import type { GraphEdge, GraphNode, IdentityGraph } from './data.ts';

type NamedEdge = Omit<GraphEdge, 'from' | 'to'> & { readonly from: string; readonly to: string };

/** A graph under construction: nodes and edges are known by their names, and each is kept once. */
export interface GraphBuilder {
  readonly node: (node: GraphNode) => void;
  /** Between nodes that are there; of several between the same two by the same way, the first counts. */
  readonly edge: (edge: NamedEdge) => void;
  readonly done: (unknowns: readonly string[]) => IdentityGraph;
}

/** An empty graph. */
export function graphBuilder(): GraphBuilder {
  const nodes: GraphNode[] = [];
  const edges = new Map<string, GraphEdge>();
  const indexes = new Map<string, number>();
  return {
    node: (node) => {
      if (indexes.has(node.name)) return;
      indexes.set(node.name, nodes.push(node) - 1);
    },
    edge: ({ from, to, ...rest }) => {
      const [start, end] = [indexes.get(from), indexes.get(to)];
      if (start === undefined || end === undefined) return;
      const key = `${start} ${end} ${rest.way}`;
      if (!edges.has(key)) edges.set(key, { from: start, to: end, ...rest });
    },
    done: (unknowns) => ({ nodes, edges: [...edges.values()], unknowns }),
  };
}
