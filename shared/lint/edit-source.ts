import { applyEdits, findNodeAtOffset, getNodePath, modify, parseTree } from 'jsonc-parser';
import { isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments } from 'yaml';
import type { JsonEdit } from './edit-json.ts';

/** Changes a value that begins at an offset of a JSON text; everything else keeps its layout. Null where that cannot be. */
export function editJsonText(text: string, at: number, edits: readonly JsonEdit[]): string | null {
  const root = parseTree(text);
  const node = root === undefined ? undefined : findNodeAtOffset(root, at);
  if (node === undefined || node.offset !== at) return null;
  const base = getNodePath(node);
  const formattingOptions = {
    insertSpaces: !/^\t/m.test(text),
    tabSize: indentOf(text),
    eol: /\r\n/.test(text) ? '\r\n' : '\n',
  };
  let changed = text;
  for (const { path, value } of edits)
    changed = applyEdits(changed, modify(changed, [...base, ...path], value, { formattingOptions }));
  return changed;
}

function indentOf(text: string): number {
  return /\n( +)\S/.exec(text)?.[1]?.length ?? 2;
}

/**
 * The same for YAML, one edit: a value is written in flow style in the place of the old one, a new member on a line of
 * its own beneath the last. Comments and layout elsewhere stay. Null where an edit does not fit.
 */
export function editYamlText(text: string, at: number, { path, value }: JsonEdit): string | null {
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
  if (old !== null)
    return splice(text, old.range[0], old.range[1], `${JSON.stringify(value)}${isBlock(old) ? '\n' : ''}`);
  return typeof last === 'string' ? added(text, parent, last, value) : null;
}

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

/** Takes whole lines out of a block; flow collections are left alone. */
function removed(text: string, parent: ParsedNode, step: string | number, old: ParsedNode): string | null {
  if (!isBlock(parent)) return null;
  const key = isMap(parent)
    ? parent.items.find((pair) => isScalar(pair.key) && pair.key.value === step)?.key
    : undefined;
  const begin = (key as ParsedNode | undefined)?.range[0] ?? old.range[0];
  const start = text.lastIndexOf('\n', begin - 1) + 1;
  // What stands before it on its line must be indentation or its own dash: nothing else goes with it.
  if (!(isMap(parent) ? /^ *$/ : /^ *- *$/).test(text.slice(start, begin))) return null;
  const end = isBlock(old) ? old.range[1] : Math.min(endOfLine(text, old.range[1]) + 1, text.length);
  return text.slice(0, start) + text.slice(end);
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
  // A block value reaches to the beginning of the next line.
  const end = isBlock(last) ? last.range[1] : endOfLine(text, last.range[1]);
  const line = `${' '.repeat(column)}${member}`;
  return text[end - 1] === '\n' ? splice(text, end, end, `${line}\n`) : splice(text, end, end, `\n${line}`);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function splice(text: string, from: number, to: number, content: string): string {
  return text.slice(0, from) + content + text.slice(to);
}
