import type { GraphNode, IdentityGraph } from './data.ts';
import { graphBuilder } from './graph-builder.ts';
import { GRADES } from './identity-graph.ts';
import type { Strand } from './strands.ts';

type StrandEdge = Strand['edges'][number];

interface Merged {
  readonly graph: IdentityGraph;
  /** Strands that found room. */
  readonly shown: number;
}

/**
 * Strands of many accounts as one graph of at most so many nodes, in their order, so that the last ones find no room.
 * Accounts see a node or an edge from different sides: whoever knows counts before who does not, and where two know
 * otherwise, the edge is unknown.
 */
export function mergedStrands(
  strands: Iterable<Strand>,
  unknowns: readonly string[],
  mostNodes: number,
): Merged {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, StrandEdge>();
  const disputed = new Set<string>();
  let shown = 0;
  for (const strand of strands) {
    const fresh = strand.nodes.filter(({ name }) => !nodes.has(name)).length;
    if (nodes.size + fresh > mostNodes) continue;
    shown += 1;
    for (const node of strand.nodes) nodes.set(node.name, betterNode(nodes.get(node.name), node));
    for (const edge of strand.edges) {
      const key = JSON.stringify([edge.from, edge.to, edge.way]);
      const known = edges.get(key);
      if (known === undefined || known.state === 'unknown') edges.set(key, edge);
      else if (edge.state !== 'unknown' && edge.state !== known.state) disputed.add(key);
    }
  }
  const graph = graphBuilder();
  for (const node of nodes.values()) graph.node(node);
  for (const [key, edge] of edges) graph.edge(disputed.has(key) ? { ...edge, ...DISPUTED } : edge);
  for (const { kind, name, grade = 'unknown' } of nodes.values()) {
    if (kind !== 'role') continue;
    graph.node({ kind: 'privilege', name: grade, label: GRADES[grade], grade });
    graph.edge({
      from: name,
      to: grade,
      way: 'grants',
      state: grade === 'unknown' ? 'unknown' : 'works',
      ...(grade === 'unknown' && { reason: 'The role was not read, or not all of its policies.' }),
    });
  }
  return { graph: graph.done(unknowns), shown };
}

/** A role is known best where its grade is known. */
function betterNode(known: GraphNode | undefined, node: GraphNode): GraphNode {
  if (known === undefined) return node;
  const better = known.kind === 'role' && known.grade === 'unknown' && node.grade !== 'unknown';
  return better ? node : known;
}

const DISPUTED = {
  state: 'unknown',
  reason: 'Two accounts were read at different times, and do not agree.',
} as const;
