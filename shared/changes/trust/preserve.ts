import { diffArrays } from 'diff';
import { type Node, parseTree } from 'jsonc-parser';
import { canonicalJson } from '../change.ts';

interface Piece {
  readonly source: string;
  readonly meaning: string;
}

/**
 * The text of a trust policy after a change, with every statement that does not change byte for byte as it stands in the
 * text before, and everything around the statements too. `after` says what shall stand there, in whatever layout. Null
 * when the two differ elsewhere than in their statements, or when one of them is no policy.
 */
export function preserveStatements(before: string, after: string): string | null {
  const [old, wanted] = [statementsOf(before), statementsOf(after)];
  if (old === null || wanted === null || old.around !== wanted.around) return null;
  const kept = aligned(old.pieces, wanted.pieces);
  const sources = wanted.pieces.map((piece, index) => kept.get(index)?.source ?? laidOut(piece, old.indent));
  if (!old.isList && sources.length === 1) return replaced(before, old.node, sources[0] ?? '');
  return replaced(before, old.node, `[${old.open}${sources.join(old.separator)}${old.close}]`);
}

interface Statements {
  readonly node: Node;
  readonly isList: boolean;
  readonly pieces: readonly Piece[];
  /** The rest of the document, canonical. */
  readonly around: string;
  /** What stands between the bracket and the first statement, between two of them, and before the closing bracket. */
  readonly open: string;
  readonly separator: string;
  readonly close: string;
  /** White space at the beginning of a statement's lines; null for a text in one line. */
  readonly indent: string | null;
}

function statementsOf(text: string): Statements | null {
  const root = parseTree(text);
  if (root?.type !== 'object') return null;
  const property = root.children?.find(
    ({ children }) => String(children?.[0]?.value).toLowerCase() === 'statement',
  );
  const node = property?.children?.[1];
  if (node === undefined) return null;
  const isList = node.type === 'array';
  const nodes = isList ? (node.children ?? []) : [node];
  const [first] = nodes;
  const last = nodes.at(-1);
  const source = ({ offset, length }: Node) => text.slice(offset, offset + length);
  const open = isList && first !== undefined ? text.slice(node.offset + 1, first.offset) : '';
  const close =
    isList && last !== undefined ? text.slice(last.offset + last.length, node.offset + node.length - 1) : '';
  const indent = open.includes('\n') ? open.slice(open.lastIndexOf('\n') + 1) : null;
  return {
    node,
    isList,
    pieces: nodes.map((one) => ({ source: source(one), meaning: meaningOf(source(one)) })),
    around: aroundOf(text, node),
    open,
    close,
    separator: indent === null ? ',' : `,${open}`,
    indent,
  };
}

function meaningOf(source: string): string {
  try {
    return canonicalJson(JSON.parse(source));
  } catch {
    return source;
  }
}

function aroundOf(text: string, node: Node): string {
  return meaningOf(replaced(text, node, 'null'));
}

function replaced(text: string, { offset, length }: Node, content: string): string {
  return text.slice(0, offset) + content + text.slice(offset + length);
}

/** The statements that stay, by their position afterwards. */
function aligned(old: readonly Piece[], wanted: readonly Piece[]): Map<number, Piece> {
  const kept = new Map<number, Piece>();
  let [from, to] = [0, 0];
  for (const { added, removed, count } of diffArrays(
    old.map(({ meaning }) => meaning),
    wanted.map(({ meaning }) => meaning),
  )) {
    for (let i = 0; i < count; i++) {
      const piece = old[from + i];
      if (!added && !removed && piece !== undefined) kept.set(to + i, piece);
    }
    if (!added) from += count;
    if (!removed) to += count;
  }
  return kept;
}

/** A new statement in the layout of its neighbours: in one line, or indented as they are. */
function laidOut({ source }: Piece, indent: string | null): string {
  try {
    const value: unknown = JSON.parse(source);
    if (indent === null) return JSON.stringify(value);
    return JSON.stringify(value, null, /^\t/.test(indent) ? '\t' : 2).replaceAll('\n', `\n${indent}`);
  } catch {
    return source;
  }
}
