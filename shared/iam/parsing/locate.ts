import { type Node, type ParseError, parseTree } from 'jsonc-parser';

/** Deepest nesting that is located exactly; policies have six levels, and the tree is built recursively. */
const DEEPEST = 100;

/** A position in a text, both from 1, the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The tree of a document with offsets, or null when it is nested too deeply to build one. */
export function offsetTree(text: string, errors: ParseError[] = []): Node | null {
  if (depthOf(text) > DEEPEST) return null;
  return parseTree(text, errors, { disallowComments: true, allowTrailingComma: false }) ?? null;
}

/** The offset of the node that a JSON pointer names, or of the nearest one above it. Of repeated members, the last. */
export function offsetOf(tree: Node | null, pointer: string, at: 'key' | 'value'): number {
  let node = tree;
  let offset = tree?.offset ?? 0;
  for (const segment of pointer.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    const property =
      node?.type === 'object' ? node.children?.findLast((member) => keyOf(member) === name) : undefined;
    node =
      node?.type === 'array' ? (node.children?.[Number(name)] ?? null) : (property?.children?.[1] ?? null);
    if (node === null) return offset;
    offset = at === 'key' ? (property?.offset ?? node.offset) : node.offset;
  }
  return offset;
}

/** The name of an object's member. */
export function keyOf(property: Node): string {
  return String(property.children?.[0]?.value);
}

/** Line and column of an offset. */
export function positionOf(text: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  return { line, column: offset - start + 1 };
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

/** Offset of the quote that closes the string opened at `start`, or the end of the text. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
