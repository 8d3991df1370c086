import {
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { canonicalJson } from '../../changes/change.ts';
import { parseAwsAuth } from '../../kubernetes/aws-auth/parse-aws-auth.ts';
import type { AwsAuthRow } from '../../kubernetes/aws-auth/parsed.ts';

type Section = 'mapRoles' | 'mapUsers';

/** One small change of aws-auth; `row` is the position of a row in its section, from 0. */
export type AwsAuthEdit =
  | { readonly kind: 'remove-row'; readonly section: Section; readonly row: number }
  | {
      readonly kind: 'set-field';
      readonly section: Section;
      readonly row: number;
      readonly key: string;
      readonly value: string;
    }
  | {
      readonly kind: 'rename-field';
      readonly section: Section;
      readonly row: number;
      readonly key: string;
      readonly to: string;
    }
  | {
      readonly kind: 'add-groups';
      readonly section: Section;
      readonly row: number;
      readonly groups: readonly string[];
    }
  | {
      readonly kind: 'add-row';
      readonly section: Section;
      readonly arn: string;
      readonly username: string;
      readonly groups: readonly string[];
    }
  | { readonly kind: 'rename-key'; readonly key: string; readonly to: string };

type Data = Readonly<Record<string, string>>;

/**
 * The data of aws-auth with some edits made in its text: comments, quotes and every other row stay byte for byte. Null
 * where the text does not lend itself to it, or where anything else would be read otherwise afterwards.
 */
export function editAwsAuth(data: Data, edits: readonly AwsAuthEdit[]): Record<string, string> | null {
  let result: Record<string, string> = { ...data };
  // The last rows first, so that the positions of the others stay.
  for (const edit of [...edits].sort((a, b) => positionOf(b) - positionOf(a))) {
    const edited = editOne(result, edit);
    if (edited === null || !keepsOthers(result, edited, edit)) return null;
    result = edited;
  }
  return result;
}

function positionOf(edit: AwsAuthEdit): number {
  return 'row' in edit ? edit.row : -1;
}

function editOne(data: Data, edit: AwsAuthEdit): Record<string, string> | null {
  if (edit.kind === 'rename-key') {
    const { [edit.key]: text, ...others } = data;
    return text === undefined || edit.to in others ? null : { ...others, [edit.to]: text };
  }
  const text = data[edit.section];
  const edited =
    edit.kind === 'add-row' ? addRow(text ?? '', edit) : text === undefined ? null : editRow(text, edit);
  return edited === null ? null : { ...data, [edit.section]: edited };
}

type RowEdit = Exclude<AwsAuthEdit, { readonly kind: 'rename-key' | 'add-row' }>;

function editRow(text: string, edit: RowEdit): string | null {
  const sequence = sequenceOf(text);
  const row = sequence?.items[edit.row];
  if (sequence === null || !isMap(row)) return null;
  switch (edit.kind) {
    case 'remove-row':
      return removeItem(text, sequence, edit.row);
    case 'set-field':
      return splice(text, scalarRange(pairOf(row, edit.key)?.value), (old) => inStyleOf(old, edit.value));
    case 'rename-field':
      return splice(text, scalarRange(pairOf(row, edit.key)?.key), (old) => inStyleOf(old, edit.to));
    case 'add-groups':
      return addGroups(text, row, edit.groups);
  }
}

function sequenceOf(text: string): YAMLSeq | null {
  const document = parseDocument(text, { schema: 'failsafe' });
  return document.errors.length === 0 && isSeq(document.contents) ? document.contents : null;
}

function pairOf(row: YAMLMap, key: string): Pair<unknown, unknown> | undefined {
  return row.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

type Range = readonly [start: number, end: number];

function scalarRange(node: unknown): Range | null {
  if (!isScalar(node) || !node.range || node.anchor !== undefined) return null;
  return node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL'
    ? null
    : [node.range[0], node.range[1]];
}

function splice(text: string, range: Range | null, content: (old: string) => string): string | null {
  if (range === null) return null;
  const [start, end] = range;
  return text.slice(0, start) + content(text.slice(start, end)) + text.slice(end);
}

/** A value with the quotes of the one before it; without any where YAML needs none. */
function inStyleOf(old: string, value: string): string {
  if (old.startsWith('"')) return JSON.stringify(value);
  if (old.startsWith("'")) return `'${value.replaceAll("'", "''")}'`;
  return plain(value);
}

/** Text that YAML reads as itself without quotes, else in double ones. */
function plain(value: string): string {
  const safe =
    /^[A-Za-z][\w./@+-]*(?::+[\w./@+*-]+)*$/.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return safe ? value : JSON.stringify(value);
}

/** Takes a whole item with its lines; comments above it belong to what they stand above and stay. */
function removeItem(text: string, sequence: YAMLSeq, index: number): string | null {
  if (sequence.flow) return null;
  const lines = linesOf(text, sequence, index);
  if (lines === null) return null;
  const [start, end] = lines;
  return text.slice(0, start) + text.slice(end);
}

/** From the beginning of the line with the dash to the end of the item's last line. */
function linesOf(text: string, sequence: YAMLSeq, index: number): Range | null {
  const item = sequence.items[index];
  const range = (item as Node | undefined)?.range;
  if (!range) return null;
  const start = text.lastIndexOf('\n', range[0] - 1) + 1;
  if (!/^\s*-\s*$/.test(text.slice(start, range[0]))) return null;
  const content = text.slice(0, range[1]).trimEnd().length;
  const newline = text.indexOf('\n', content);
  return [start, newline < 0 ? text.length : newline + 1];
}

function addGroups(text: string, row: YAMLMap, groups: readonly string[]): string | null {
  const list = pairOf(row, 'groups')?.value;
  if (!isSeq(list) || !list.range) return null;
  if (list.flow) {
    const end = list.range[1] - 1;
    if (text[end] !== ']') return null;
    const head = text.slice(0, end).trimEnd();
    const separator = list.items.length === 0 ? '' : head.endsWith(',') ? ' ' : ', ';
    return `${head}${separator}${groups.map(plain).join(', ')}${text.slice(end)}`;
  }
  const last = list.items.length - 1;
  const lines = linesOf(text, list, last);
  if (lines === null) return null;
  const [start, end] = lines;
  const indent = /^\s*-\s*/.exec(text.slice(start, end))?.[0] ?? '- ';
  const break_ = text.slice(start, end).endsWith('\n') ? '' : '\n';
  return `${text.slice(0, end)}${break_}${groups.map((group) => `${indent}${plain(group)}\n`).join('')}${text.slice(end)}`;
}

type AddRow = Extract<AwsAuthEdit, { readonly kind: 'add-row' }>;

function addRow(text: string, { section, arn, username, groups }: AddRow): string | null {
  const key = section === 'mapRoles' ? 'rolearn' : 'userarn';
  const lines = (indent: string) =>
    [
      `${indent}- ${key}: ${plain(arn)}`,
      `${indent}  username: ${plain(username)}`,
      `${indent}  groups:`,
      ...groups.map((group) => `${indent}  - ${plain(group)}`),
    ].join('\n');
  if (text.trim() === '' || text.trim() === '[]') return `${lines('')}\n`;
  const sequence = sequenceOf(text);
  if (sequence === null || sequence.flow === true || sequence.items.length === 0) return null;
  const last = linesOf(text, sequence, sequence.items.length - 1);
  if (last === null) return null;
  const [start, end] = last;
  const indent = /^\s*/.exec(text.slice(start))?.[0] ?? '';
  const head = text.slice(0, end);
  return `${head}${head.endsWith('\n') ? '' : '\n'}${lines(indent)}\n${text.slice(end)}`;
}

/** Whether every row but the edited one is read as before. */
function keepsOthers(before: Data, after: Data, edit: AwsAuthEdit): boolean {
  return edit.kind === 'rename-key' || keepsRows(before, after, edit);
}

function keepsRows(before: Data, after: Data, edit: RowEdit | AddRow): boolean {
  const rows = (data: Data, left: number | null) =>
    parseAwsAuth(data)
      .rows.filter(({ section, index }) => section !== edit.section || index !== left)
      .map(meaning);
  switch (edit.kind) {
    case 'remove-row':
      return same(rows(before, edit.row), rows(after, null));
    case 'add-row':
      return same(rows(before, null), rows(after, countOf(after, edit.section) - 1));
    case 'set-field':
    case 'rename-field':
    case 'add-groups':
      return same(rows(before, edit.row), rows(after, edit.row));
  }
}

function meaning({ section, arn, username, groups }: AwsAuthRow): string {
  return canonicalJson({ section, arn, username, groups });
}

function countOf(data: Data, section: Section): number {
  return parseAwsAuth(data).rows.filter((row) => row.section === section).length;
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
