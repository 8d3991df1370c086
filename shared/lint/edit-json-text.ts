import { findNodeAtOffset, type Node, parseTree } from 'jsonc-parser';
import type { JsonEdit, JsonPath } from './edit-json.ts';
import { splice, withoutPart } from './edit-text.ts';

/**
 * Changes a value that begins at an offset of a JSON text, edit by edit: not a character of anything else becomes another.
 * Null where an edit does not fit.
 */
export function editJsonText(text: string, at: number, edits: readonly JsonEdit[]): string | null {
  let changed: string | null = text;
  for (const edit of edits) changed = changed === null ? null : edited(changed, at, edit);
  return changed;
}

function edited(text: string, at: number, { path, value }: JsonEdit): string | null {
  const root = parseTree(text);
  const node = root === undefined ? undefined : findNodeAtOffset(root, at);
  const parent = node?.offset === at ? nodeAt(node, path.slice(0, -1)) : undefined;
  const step = path.at(-1);
  if (parent === undefined || step === undefined) return null;
  const children = parent.children ?? [];
  const index = typeof step === 'number' ? step : children.findLastIndex((one) => keyOf(one) === step);
  const child = children[index];
  if (child === undefined) return typeof step === 'string' ? added(text, parent, step, value) : null;
  if (value === undefined) return withoutPart(text, children.map(spanOf), index);
  const old = typeof step === 'string' ? child.children?.[1] : child;
  if (old === undefined) return null;
  const [from, to] = spanOf(old);
  return splice(text, from, to, written(value, text, old));
}

const keyOf = (member: Node): unknown => member.children?.[0]?.value;

const spanOf = ({ offset, length }: Node): readonly [from: number, to: number] => [offset, offset + length];

function nodeAt(node: Node, path: JsonPath): Node | undefined {
  return path.reduce<Node | undefined>((here, step) => {
    if (typeof step === 'number') return here?.type === 'array' ? here.children?.[step] : undefined;
    return here?.children?.findLast((member) => keyOf(member) === step)?.children?.[1];
  }, node);
}

/** A member more, behind the last one and laid out as it is. */
function added(text: string, parent: Node, key: string, value: unknown): string | null {
  const last = parent.children?.at(-1);
  if (parent.type !== 'object') return null;
  if (last === undefined) {
    const [from, to] = spanOf(parent);
    return splice(text, from, to, written({ [key]: value }, text, parent));
  }
  const [, end] = spanOf(last);
  const colon = colonOf(text, last);
  const between = isBroken(text, parent)
    ? `${eolOf(text)}${indentationAt(text, last.offset)}`
    : colon.slice(1);
  return splice(text, end, end, `,${between}${JSON.stringify(key)}${colon}${written(value, text, last)}`);
}

/** What stands between the key and the value of a member, with at most one space behind the colon. */
function colonOf(text: string, { children }: Node): string {
  const [key, value] = children ?? [];
  if (key === undefined || value === undefined) return ': ';
  return /:\s/.test(text.slice(key.offset + key.length, value.offset)) ? ': ' : ':';
}

/** A value in the place of a part: over several lines where the part's neighbours are, else in one. */
function written(value: unknown, text: string, place: Node): string {
  const broken = isBroken(text, place) || (place.type === 'property' && isOnItsOwn(text, place));
  if (!broken) return JSON.stringify(value);
  const unit = /^\t/m.test(text) ? '\t' : (/\n( +)\S/.exec(text)?.[1] ?? '  ');
  const lines = JSON.stringify(value, null, unit).split('\n');
  return lines.join(`${eolOf(text)}${indentationAt(text, place.offset)}`);
}

const isBroken = (text: string, { offset, length }: Node): boolean =>
  text.slice(offset, offset + length).includes('\n');

const isOnItsOwn = (text: string, { offset }: Node): boolean =>
  /(?:^|\n)[ \t]*$/.test(text.slice(0, offset).slice(-200));

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

function indentationAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}
