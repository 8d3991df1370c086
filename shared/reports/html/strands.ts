import * as z from 'zod';
import { type Finding, SEVERITIES, type Severity } from '../../findings/finding.ts';
import type { GraphEdge, GraphNode, IdentityGraph } from './data.ts';
import { findingsByNode } from './graph-findings.ts';

const name = z.string();

const nodeSchema = z.strictObject({
  kind: z.enum(['cluster', 'service-account', 'pattern', 'role']),
  label: z.string(),
  name,
  account: z.string().exactOptional(),
  grade: z.enum(['admin', 'escalation', 'data', 'limited', 'none', 'unknown']).exactOptional(),
});

const edgeSchema = z.strictObject({
  from: name,
  to: name,
  way: z.enum(['holds', 'irsa', 'pod-identity', 'target']),
  state: z.enum(['works', 'broken', 'unknown']),
  reason: z.string().exactOptional(),
});

export const strandSchema = z.strictObject({
  /** The worst open finding along it; null: there is none. */
  worst: z.enum(SEVERITIES).nullable(),
  nodes: z.array(nodeSchema).readonly(),
  edges: z.array(edgeSchema).readonly(),
});

/** One ServiceAccount or pattern with its cluster and the roles that it leads to: a piece of a graph that stands alone. */
export type Strand = Readonly<z.infer<typeof strandSchema>>;

/** How bad a strand is: its place among the severities, and after them what has no finding. */
export function rankOf({ worst }: Pick<Strand, 'worst'>): number {
  return worst === null ? SEVERITIES.length : SEVERITIES.indexOf(worst);
}

/** Worst first; those that are as bad as each other in the order of their names. */
export function compareStrands(a: Strand, b: Strand): number {
  return rankOf(a) - rankOf(b) || (keyOf(a) < keyOf(b) ? -1 : 1);
}

/** What tells strands apart: which ServiceAccount leads to which roles. */
export function keyOf({ nodes }: Pick<Strand, 'nodes'>): string {
  return nodes.map((node) => node.name).join('\u0000');
}

/** A graph as strands, the worst first. What a role may do stands at the role, not as a node. */
export function strandsOf(graph: IdentityGraph, findings: readonly Finding[]): Strand[] {
  const byNode = findingsByNode(graph, findings);
  const out = Map.groupBy(graph.edges, ({ from }) => from);
  const into = Map.groupBy(graph.edges, ({ to }) => to);
  return graph.nodes
    .flatMap((holder, index): Strand[] => {
      if (holder.kind !== 'service-account' && holder.kind !== 'pattern') return [];
      const held = into.get(index)?.find(({ way }) => way === 'holds');
      const edges = [...(held === undefined ? [] : [held]), ...edgesFrom(index, out)];
      const indexes = new Set(edges.flatMap(({ from, to }) => [from, to]));
      const nodes = [...indexes].flatMap((one) => nodeOf(graph.nodes[one]));
      return [
        { worst: worstOf(nodes, byNode), nodes, edges: edges.flatMap((edge) => namedEdge(edge, graph)) },
      ];
    })
    .sort(compareStrands);
}

/** The ways from a holder to its roles, and from those to their targets. */
function edgesFrom(start: number, out: ReadonlyMap<number, readonly GraphEdge[]>): GraphEdge[] {
  const found: GraphEdge[] = [];
  const seen = new Set([start]);
  let edge = [start];
  while (edge.length > 0) {
    const next = edge.flatMap((index) => (out.get(index) ?? []).filter(({ way }) => way !== 'grants'));
    found.push(...next);
    edge = [...new Set(next.map(({ to }) => to))].filter((index) => !seen.has(index));
    for (const index of edge) seen.add(index);
  }
  return found;
}

/** A cluster's own findings say nothing of each of its ServiceAccounts. */
function worstOf(nodes: Strand['nodes'], byNode: ReadonlyMap<string, readonly Finding[]>): Severity | null {
  const severities = new Set(
    nodes
      .filter(({ kind }) => kind !== 'cluster')
      .flatMap((node) => byNode.get(node.name) ?? [])
      .map(({ severity }) => severity),
  );
  return SEVERITIES.find((severity) => severities.has(severity)) ?? null;
}

function nodeOf(node: GraphNode | undefined): Strand['nodes'][number][] {
  if (node === undefined || node.kind === 'privilege') return [];
  return [{ ...node, kind: node.kind }];
}

function namedEdge({ from, to, way, state, reason }: GraphEdge, { nodes }: IdentityGraph) {
  const [start, end] = [nodes[from], nodes[to]];
  if (start === undefined || end === undefined || way === 'grants') return [];
  return [{ from: start.name, to: end.name, way, state, ...(reason !== undefined && { reason }) }];
}

/** The account that tells of a strand, whoever else sees it: that of its first role, else that of its cluster. */
export function ownerOf({ nodes }: Pick<Strand, 'nodes'>): string | undefined {
  const role = nodes.find(({ kind, account }) => kind === 'role' && account !== undefined);
  return (role ?? nodes.find(({ kind }) => kind === 'cluster'))?.account;
}

/** How many strands there are, by their rank: of each severity, and last those without a finding. */
export function countsByRank(strands: readonly Strand[]): number[] {
  const counts = Array.from({ length: SEVERITIES.length + 1 }, () => 0);
  for (const strand of strands) counts[rankOf(strand)] = (counts[rankOf(strand)] ?? 0) + 1;
  return counts;
}
