import { type Automaton, DEAD } from './automaton.ts';
import type { Glob, Token } from './globs.ts';

/** True when the glob takes one string only, compared with regard to case. */
export function isPlain(glob: Glob): boolean {
  return glob.every((token) => token.kind === 'symbol' && !token.fold);
}

interface Node {
  readonly children: Map<string, number>;
  readonly frontier: Token[];
  accepts: boolean;
}

/** One automaton for many plain strings, so that a list of a hundred subjects is walked as one. */
export function trie(globs: readonly Glob[]): Automaton {
  const nodes: Node[] = [emptyNode(), emptyNode()];
  for (const glob of globs) {
    let at = ROOT;
    for (const token of glob) at = childOf(nodes, at, token);
    const end = nodes[at];
    if (end !== undefined) end.accepts = true;
  }
  return {
    start: ROOT,
    step: (state, symbol) => nodes[state]?.children.get(symbol) ?? DEAD,
    accepts: (state) => nodes[state]?.accepts ?? false,
    settled: () => false,
    frontier: (state) => nodes[state]?.frontier ?? [],
  };
}

/** The node after the dead one. */
const ROOT = 1;

function emptyNode(): Node {
  return { children: new Map(), frontier: [], accepts: false };
}

function childOf(nodes: Node[], from: number, token: Token): number {
  const parent = nodes[from];
  if (parent === undefined || token.kind !== 'symbol') return DEAD;
  const known = parent.children.get(token.symbol);
  if (known !== undefined) return known;
  nodes.push(emptyNode());
  parent.children.set(token.symbol, nodes.length - 1);
  parent.frontier.push(token);
  return nodes.length - 1;
}
