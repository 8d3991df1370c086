import {
  applyEdits,
  findNodeAtLocation,
  format,
  type JSONPath,
  modify,
  type Node,
  parseTree,
} from 'jsonc-parser';

/** One small change of a policy's text; pointers are JSON pointers into the document. */
export type PolicyEdit =
  /** Replaces one value at the pointer, which holds a string or a list of them. */
  | { readonly kind: 'replace-value'; readonly pointer: string; readonly from: string; readonly to: string }
  /** Adds a value beside those at the pointer. */
  | { readonly kind: 'add-value'; readonly pointer: string; readonly value: string }
  /** Renames the last key of the pointer. */
  | { readonly kind: 'rename-key'; readonly pointer: string; readonly key: string }
  /** Takes a condition out, and its operator or the whole block where nothing is left in them. */
  | { readonly kind: 'remove-condition'; readonly pointer: string }
  /** Adds a statement at the end. */
  | { readonly kind: 'add-statement'; readonly statement: JsonObject }
  /** Puts a statement in the place of another one, whose Sid stays. */
  | { readonly kind: 'replace-statement'; readonly index: number; readonly statement: JsonObject };

type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

interface Splice {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
}

const FORMAT = { tabSize: 2, insertSpaces: true, eol: '\n' };

/** Lays out a policy's text, changing white space alone: keys, order, numbers and escapes stay as written. */
export function prettyPolicy(text: string): string {
  const plain = decoded(text).trim();
  return applyEdits(plain, format(plain, undefined, FORMAT));
}

/**
 * Applies edits to a policy's text and lays it out as `prettyPolicy` does; whatever no edit names keeps its text. Null
 * when an edit does not fit the document: a key that is already taken, a place that is not there.
 */
export function editPolicy(text: string, edits: readonly PolicyEdit[]): string | null {
  const plain = decoded(text).trim();
  const root = parseTree(plain);
  if (root === undefined) return null;
  const splices: Splice[] = [];
  const removals = edits.filter(({ kind }) => kind === 'remove-condition');
  for (const group of byPlace(edits.filter(({ kind }) => kind !== 'remove-condition'))) {
    const splice = spliceOf(plain, root, group);
    if (splice === null) return null;
    splices.push(...splice);
  }
  const after = splices
    .sort((a, b) => b.offset - a.offset)
    .reduce(
      (result, { offset, length, content }) =>
        result.slice(0, offset) + content + result.slice(offset + length),
      plain,
    );
  const lighter = removals.reduce<string | null>(
    (text, edit) => (text === null || !('pointer' in edit) ? null : withoutCondition(text, edit.pointer)),
    after,
  );
  return lighter === null || hasTwins(parseTree(lighter)) ? null : prettyPolicy(lighter);
}

/** The text without the condition at the pointer, and without what would be empty around it; null when it is not there. */
function withoutCondition(text: string, pointer: string): string | null {
  const root = parseTree(text);
  if (root === undefined) return null;
  const path = pathOf(pointer, root);
  if (findNodeAtLocation(root, path) === undefined) return null;
  const alone = (at: JSONPath) => findNodeAtLocation(root, at)?.children?.length === 1;
  const [operator, block] = [path.slice(0, -1), path.slice(0, -2)];
  const target = !alone(operator) ? path : !alone(block) ? operator : block;
  return applyEdits(text, modify(text, target, undefined, {}));
}

/** IAM returns documents percent-encoded. */
function decoded(text: string): string {
  if (!/^\s*%7B/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Edits of one value list are one splice, so that they do not overlap. */
function byPlace(edits: readonly PolicyEdit[]): PolicyEdit[][] {
  const groups = new Map<string, PolicyEdit[]>();
  for (const edit of edits) {
    const place =
      edit.kind === 'add-statement' || edit.kind === 'replace-statement'
        ? edit.kind
        : `${edit.kind === 'rename-key'} ${edit.pointer}`;
    const group = groups.get(place);
    if (group) group.push(edit);
    else groups.set(place, [edit]);
  }
  return [...groups.values()];
}

function spliceOf(text: string, root: Node, edits: readonly PolicyEdit[]): Splice[] | null {
  const [first] = edits;
  if (first === undefined) return [];
  if (first.kind === 'add-statement') return addStatements(text, root, edits);
  if (first.kind === 'replace-statement') return replaceStatements(root, edits);
  const node = findNodeAtLocation(root, pathOf(first.pointer, root));
  if (node === undefined) return null;
  if (first.kind === 'rename-key') {
    const name = node.parent?.children?.[0];
    return name === undefined || node.parent?.type !== 'property'
      ? null
      : [{ offset: name.offset, length: name.length, content: JSON.stringify(first.key) }];
  }
  return editValues(text, node, edits);
}

function editValues(text: string, node: Node, edits: readonly PolicyEdit[]): Splice[] | null {
  const items = (node.type === 'array' ? (node.children ?? []) : [node]).map((item) => ({
    value: String(item.value),
    source: text.slice(item.offset, item.offset + item.length),
  }));
  for (const edit of edits) {
    if (edit.kind === 'add-value') {
      if (!items.some(({ value }) => value === edit.value))
        items.push({ value: edit.value, source: JSON.stringify(edit.value) });
    } else if (edit.kind === 'replace-value') {
      const at = items.findIndex(({ value }) => value === edit.from);
      if (at < 0) return null;
      items.splice(at, 1, { value: edit.to, source: JSON.stringify(edit.to) });
    }
  }
  const distinct = items.filter(
    ({ value }, index) => items.findIndex((other) => other.value === value) === index,
  );
  const sources = distinct.map(({ source }) => source);
  const content =
    node.type !== 'array' && sources.length === 1 ? (sources[0] ?? '') : `[${sources.join(', ')}]`;
  return [{ offset: node.offset, length: node.length, content }];
}

/** The value of a member of an object, whatever the case of its name. */
function memberOf(node: Node, name: string): Node | undefined {
  const property = node.children?.find(({ children }) => String(children?.[0]?.value).toLowerCase() === name);
  return property?.children?.[1];
}

function replaceStatements(root: Node, edits: readonly PolicyEdit[]): Splice[] | null {
  const statements = memberOf(root, 'statement');
  const places = edits.flatMap((edit) => {
    if (edit.kind !== 'replace-statement' || statements === undefined) return [];
    const node = statements.type === 'array' ? statements.children?.[edit.index] : statements;
    if (node === undefined) return [];
    const sid = memberOf(node, 'sid')?.value;
    const statement = typeof sid === 'string' ? { Sid: sid, ...edit.statement } : edit.statement;
    return [{ offset: node.offset, length: node.length, content: JSON.stringify(statement) }];
  });
  return places.length === edits.length ? places : null;
}

function addStatements(text: string, root: Node, edits: readonly PolicyEdit[]): Splice[] | null {
  const node = memberOf(root, 'statement');
  if (node === undefined) return null;
  const added = edits.flatMap((edit) =>
    edit.kind === 'add-statement' ? [JSON.stringify(edit.statement)] : [],
  );
  const present = node.type === 'array' ? (node.children ?? []) : [node];
  const sources = present.map(({ offset, length }) => text.slice(offset, offset + length));
  return [{ offset: node.offset, length: node.length, content: `[${[...sources, ...added].join(', ')}]` }];
}

/** Segments of a JSON pointer; digits are indexes where the document has a list. */
function pathOf(pointer: string, root: Node): JSONPath {
  const path: JSONPath = [];
  for (const part of pointer.split('/').slice(1)) {
    const segment = part.replace(/~1/g, '/').replace(/~0/g, '~');
    const here = path.length === 0 ? root : findNodeAtLocation(root, path);
    path.push(here?.type === 'array' ? Number(segment) : segment);
  }
  return path;
}

/** True when an object has one key twice: IAM would refuse it, or keep one of the two. */
function hasTwins(node: Node | undefined): boolean {
  if (node === undefined) return false;
  const children = node.children ?? [];
  if (node.type === 'object') {
    const keys = children.map((property) => String(property.children?.[0]?.value).toLowerCase());
    if (new Set(keys).size < keys.length) return true;
  }
  return children.some(hasTwins);
}
