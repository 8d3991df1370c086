import { isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments } from 'yaml';
import type { JsonEdit } from './edit-json.ts';
import { splice, withoutPart } from './edit-text.ts';

/**
 * Changes a value that begins at an offset of a YAML text, edit by edit: a value is written in flow style in the place of
 * the old one, a new member on a line of its own beneath the last. Comments and layout elsewhere stay. Null where an edit
 * does not fit, or would take a comment with it that is not of what goes.
 */
export function editYamlText(text: string, at: number, edits: readonly JsonEdit[]): string | null {
  let changed: string | null = text;
  for (const edit of edits) changed = changed === null ? null : edited(changed, at, edit);
  return changed;
}

function edited(text: string, at: number, { path, value }: JsonEdit): string | null {
  const node = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent', merge: true })
    .flatMap(({ contents }) => (contents === null || contents === undefined ? [] : [contents as ParsedNode]))
    .map((contents) => nodeAt(contents, at))
    .find((found) => found !== null);
  if (node === undefined || node === null) return null;
  const parent = path.slice(0, -1).reduce<ParsedNode | null>(child, node);
  const last = path.at(-1);
  if (parent === null || last === undefined) return null;
  const old = child(parent, last);
  if (value === undefined) return old === null ? null : removed(text, parent, last, old);
  if (old === null) return typeof last === 'string' ? added(text, parent, last, value) : null;
  const [from, to] = old.range;
  if (!isScalar(old) && holdsComment(text.slice(from, to))) return null;
  return splice(text, from, to, `${JSON.stringify(value)}${isBlock(old) ? eolOf(text) : ''}`);
}

/** Careful: what looks like a comment is one. */
const holdsComment = (text: string): boolean => /(?:^|\s)#/.test(text);

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

const isBlock = (node: ParsedNode): boolean => (isMap(node) || isSeq(node)) && node.flow !== true;

function nodeAt(node: ParsedNode, at: number): ParsedNode | null {
  if (isMap(node)) {
    if (node.range[0] === at) return node;
    for (const { value } of node.items) {
      const found = value === null ? null : nodeAt(value as ParsedNode, at);
      if (found !== null) return found;
    }
  }
  if (isSeq(node)) {
    for (const item of node.items) {
      const found = nodeAt(item as ParsedNode, at);
      if (found !== null) return found;
    }
  }
  return null;
}

function child(node: ParsedNode | null, step: string | number): ParsedNode | null {
  if (isMap(node) && typeof step === 'string') {
    const pair = node.items.findLast(({ key }) => isScalar(key) && key.value === step);
    return (pair?.value as ParsedNode | null | undefined) ?? null;
  }
  if (isSeq(node) && typeof step === 'number') return (node.items[step] as ParsedNode | undefined) ?? null;
  return null;
}

/** Takes whole lines out of a block, and a part out of a flow collection. */
function removed(text: string, parent: ParsedNode, step: string | number, old: ParsedNode): string | null {
  if (!isBlock(parent)) return removedFromFlow(text, parent, step);
  const key = isMap(parent)
    ? parent.items.findLast((pair) => isScalar(pair.key) && pair.key.value === step)?.key
    : undefined;
  const begin = (key as ParsedNode | undefined)?.range[0] ?? old.range[0];
  const start = text.lastIndexOf('\n', begin - 1) + 1;
  // What stands before it on its line must be indentation or its own dash: nothing else goes with it.
  if (!(isMap(parent) ? /^ *$/ : /^ *- *$/).test(text.slice(start, begin))) return null;
  const end = isBlock(old) ? old.range[1] : Math.min(endOfLine(text, old.range[1]) + 1, text.length);
  return splice(text, start, end, '');
}

function removedFromFlow(text: string, parent: ParsedNode, step: string | number): string | null {
  if (holdsComment(text.slice(parent.range[0], parent.range[1]))) return null;
  if (isSeq(parent) && typeof step === 'number') {
    const items = parent.items as readonly ParsedNode[];
    return withoutPart(
      text,
      items.map(({ range }) => [range[0], range[1]]),
      step,
    );
  }
  if (!isMap(parent)) return null;
  const spans = parent.items.map(({ key, value }): readonly [number, number] => {
    const [from, to] = (key as ParsedNode).range;
    return [from, (value as ParsedNode | null)?.range[1] ?? to];
  });
  return withoutPart(
    text,
    spans,
    parent.items.findLastIndex(({ key }) => isScalar(key) && key.value === step),
  );
}

function added(text: string, parent: ParsedNode, key: string, value: unknown): string | null {
  if (!isMap(parent)) return null;
  const pair = parent.items.at(-1);
  const last = (pair?.value ?? null) as ParsedNode | null;
  const first = (parent.items[0]?.key ?? null) as ParsedNode | null;
  if (last === null || first === null) return null;
  const member = `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  if (parent.flow === true) return splice(text, last.range[1], last.range[1], `, ${member}`);
  const column = first.range[0] - (text.lastIndexOf('\n', first.range[0] - 1) + 1);
  const line = `${' '.repeat(column)}${member}`;
  // A block value reaches to the beginning of the next line.
  const end = isBlock(last) ? last.range[1] : endOfLine(text, last.range[1]);
  if (text[end - 1] === '\n') return splice(text, end, end, `${line}${eolOf(text)}`);
  const before = text[end - 1] === '\r' ? end - 1 : end;
  return splice(text, before, before, `${eolOf(text)}${line}`);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
