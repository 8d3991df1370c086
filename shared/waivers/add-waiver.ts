import { Document, isCollection, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Waiver } from './waiver.ts';

/**
 * The text of a file of waivers with one more at the end of its list; not a character of the rest changes. An empty text
 * becomes a file. A list in a form to which no line can be added (`[{…}]`) is written anew, with its comments. The text has
 * to be one that `readWaivers` takes.
 */
export function addWaiver(text: string, waiver: Waiver): string {
  const added = inserted(text, waiver);
  return added !== null && saysOneMore(text, added, waiver) ? added : rewritten(text, waiver);
}

/** The text with the lines of the waiver put in; null where that cannot be. */
function inserted(text: string, waiver: Waiver): string | null {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const { contents } = parseDocument(text);
  if (contents === null || (isScalar(contents) && contents.value === null))
    return ended(text, end) + lines(waiver, 2, end, 'waivers:');
  if (!isMap(contents)) return null;
  const list = contents.get('waivers', true);
  if (!isSeq(list) || !list.range) return null;
  const [start, valueEnd] = list.range;
  if (list.flow === true) {
    if (list.items.length > 0) return null;
    const line = lineEnd(text, valueEnd);
    // What stands behind the brackets, a remark, stays where it is.
    const before = text.slice(0, start).trimEnd();
    return `${ended(before + text.slice(valueEnd, line), end)}${lines(waiver, 2, end)}${text.slice(line)}`;
  }
  if (text[start] !== '-') return null;
  const column = start - (text.lastIndexOf('\n', start - 1) + 1);
  const last = list.items.at(-1);
  const lastEnd = isCollection(last) ? last.range?.[1] : undefined;
  if (lastEnd === undefined || lastEnd === null) return null;
  const at = behindRemarks(text, text[lastEnd - 1] === '\n' ? lastEnd : lineEnd(text, lastEnd), column);
  return `${ended(text.slice(0, at), end)}${lines(waiver, column, end)}${text.slice(at)}`;
}

/** A waiver as an item of a block list whose dashes stand at a column, below a heading or not. */
function lines(waiver: Waiver, column: number, end: string, ...heading: readonly string[]): string {
  const item = new Document([waiver]).toString({ lineWidth: 0 }).trimEnd().split('\n');
  return [...heading, ...item.map((line) => ' '.repeat(column) + line), ''].join(end);
}

const ended = (text: string, end: string): string =>
  text === '' || text.endsWith('\n') ? text : `${text}${end}`;

/** Where the line after the one of a place begins. */
function lineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found + 1;
}

/** Remarks that stand deeper than the list's dashes belong to its last item. */
function behindRemarks(text: string, from: number, column: number): number {
  let at = from;
  for (;;) {
    const line = /^( *)#.*(?:\n|$)/.exec(text.slice(at, lineEnd(text, at)));
    if (line === null || (line[1] ?? '').length <= column) return at;
    at += line[0].length;
  }
}

function saysOneMore(before: string, after: string, waiver: Waiver): boolean {
  const document = parseDocument(after);
  if (document.errors.length > 0) return false;
  const expected = [...((parseDocument(before).toJS() as WaiverFile | null)?.waivers ?? []), waiver];
  return JSON.stringify((document.toJS() as WaiverFile).waivers) === JSON.stringify(expected);
}

interface WaiverFile {
  readonly waivers: readonly unknown[];
}

function rewritten(text: string, waiver: Waiver): string {
  const document = parseDocument(text);
  const list = document.get('waivers');
  if (isCollection(list)) list.flow = false;
  if (list === undefined || list === null) document.set('waivers', document.createNode([waiver]));
  else document.addIn(['waivers'], document.createNode(waiver));
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  return document.toString({ lineWidth: 0 }).replaceAll('\n', end);
}
