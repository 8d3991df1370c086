import type { Severity } from '../../../../findings/finding.ts';
import type { GraphEdge, GraphNode, IdentityGraph, ReportFinding } from '../../data.ts';
import { SEVERITIES } from '../words.ts';
import { neighboursOf } from './paths.ts';

/** Nodes that one picture shows of a neighbourhood; beyond, nobody sees anything. */
export const MOST_DRAWN = 300;

/** A part of a graph. */
export interface Part {
  /** Indexes into the nodes of the whole. */
  readonly nodes: readonly number[];
  readonly edges: readonly GraphEdge[];
  /** Nodes that belong to it and were left out, because there are too many. */
  readonly leftOut: number;
}

/** The whole graph as a part of itself. */
export function wholeOf(graph: IdentityGraph): Part {
  return { nodes: graph.nodes.map((_, index) => index), edges: graph.edges, leftOut: 0 };
}

/** Everything that leads to a node and everything that it leads to, nearest first, up to a number. */
export function neighbourhood(graph: IdentityGraph, centre: number, most = MOST_DRAWN): Part {
  const { out, into } = neighboursOf(graph);
  const found = new Set<number>([centre]);
  const walk = (next: (index: number) => readonly number[]) => {
    let edge = [centre];
    const seen = new Set(edge);
    while (edge.length > 0) {
      edge = [...new Set(edge.flatMap((index) => next(index)))].filter((index) => !seen.has(index));
      for (const index of edge) {
        seen.add(index);
        found.add(index);
      }
    }
  };
  walk((index) => (out.get(index) ?? []).map(({ to }) => to));
  walk((index) => (into.get(index) ?? []).map(({ from }) => from));
  const nodes = [...found].slice(0, most);
  const kept = new Set(nodes);
  const edges = nodes.flatMap((index) => (out.get(index) ?? []).filter(({ to }) => kept.has(to)));
  return { nodes, edges, leftOut: found.size - nodes.length };
}

/** The worst severity of some findings. */
export function worstOf(findings: readonly ReportFinding[] | undefined): Severity | null {
  return SEVERITIES.find((severity) => findings?.some((one) => one.severity === severity)) ?? null;
}

/** Where a large graph is entered: the cluster with the worst and most findings, else the first node. */
export function entryOf(
  { nodes }: IdentityGraph,
  byNode: ReadonlyMap<string, readonly ReportFinding[]>,
): GraphNode | undefined {
  const weight = ({ name }: GraphNode): number =>
    (byNode.get(name) ?? []).reduce((sum, { severity }) => sum + 10 ** (4 - SEVERITIES.indexOf(severity)), 0);
  const clusters = nodes.filter(({ kind }) => kind === 'cluster');
  return clusters.sort((a, b) => weight(b) - weight(a))[0] ?? nodes[0];
}
