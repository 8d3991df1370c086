import type { GraphNode, IdentityGraph } from './data.ts';
import { type GraphBuilder, graphBuilder } from './graph-builder.ts';
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
  let shown = 0;
  for (const strand of strands) {
    const fresh = strand.nodes.filter(({ name }) => !nodes.has(name)).length;
    if (nodes.size + fresh > mostNodes) continue;
    shown += 1;
    for (const node of strand.nodes) nodes.set(node.name, betterNode(nodes.get(node.name), node));
    for (const edge of strand.edges) {
      const key = JSON.stringify([edge.from, edge.to, edge.way]);
      edges.set(key, mergedEdge(edges.get(key), edge));
    }
  }
  const graph = graphBuilder();
  for (const node of nodes.values()) graph.node(node);
  for (const edge of edges.values()) graph.edge(edge);
  for (const node of nodes.values()) if (node.kind === 'role') addPrivilege(node, graph);
  return { graph: graph.done(unknowns), shown };
}

function addPrivilege({ name, grade = 'unknown' }: GraphNode, graph: GraphBuilder): void {
  graph.node({ kind: 'privilege', name: grade, label: GRADES[grade], grade });
  const known = grade !== 'unknown';
  graph.edge({
    from: name,
    to: grade,
    way: 'grants',
    state: known ? 'works' : 'unknown',
    ...(!known && { reason: 'The role was not read, or not all of its policies.' }),
  });
}

const DISPUTED = 'Two accounts were read at different times, and do not agree.';

/** Whoever knows counts before who does not; a dispute stays one, whatever a third says. */
function mergedEdge(known: StrandEdge | undefined, edge: StrandEdge): StrandEdge {
  if (known === undefined) return edge;
  if (known.reason === DISPUTED || edge.state === 'unknown' || edge.state === known.state) return known;
  return known.state === 'unknown' ? edge : { ...known, state: 'unknown', reason: DISPUTED };
}

/** A role is known best where its grade is known. */
function betterNode(known: GraphNode | undefined, node: GraphNode): GraphNode {
  if (known === undefined) return node;
  const better = known.kind === 'role' && known.grade === 'unknown' && node.grade !== 'unknown';
  return better ? node : known;
}
