import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { type Located, type Member, textAt } from './located.ts';
import { DEEPEST, LARGEST_YAML, MOST_VALUES, type SourceProblem, tooMuch } from './source-problem.ts';
import { blockPlaces, quotedPlaces, singleQuotedPlaces } from './text-places.ts';
import { isUnrendered } from './unparsed.ts';

/**
 * Reads every document of a YAML text with the place of every value. Aliases are written out, and counted, so that a
 * few lines cannot become millions; CloudFormation's short tags (`!Sub`) become their long form (`Fn::Sub`).
 */
export function readYaml(text: string): Located[] | SourceProblem {
  if (text.length > LARGEST_YAML) return tooMuch(0, `It is longer than ${LARGEST_YAML} characters`);
  const depth = deepest(text);
  if (depth > DEEPEST * 20) return tooMuch(0, `It is nested more than ${DEEPEST} levels deep`);
  let documents: Document.Parsed[];
  try {
    documents = [...parseAllDocuments(text, OPTIONS)];
  } catch (error) {
    if (error instanceof RangeError) return tooMuch(0, 'It is nested too deeply');
    throw error;
  }
  const problem = documents.flatMap(({ errors }) => errors)[0];
  if (problem !== undefined) {
    const [reason = ''] = problem.message.split('\n');
    return {
      offset: problem.pos[0],
      message: `It is not YAML: ${reason.replace(/ at line \d+, column \d+:?$/, '')}. ${isUnrendered(text) ? 'Render a template first (helm template).' : 'Correct it at this place.'}`,
    };
  }
  const reading: Reading = { text, values: 0, open: new Set() };
  try {
    return documents.flatMap((document) =>
      document.contents === null ? [] : [located(document.contents, document, reading, 0)],
    );
  } catch (error) {
    if (error instanceof TooMuch) return error.problem;
    throw error;
  }
}

const OPTIONS = { uniqueKeys: false, logLevel: 'silent', merge: true, prettyErrors: false } as const;

/** Carries the problem out of the recursion; never leaves this file. */
class TooMuch extends Error {
  override readonly name = 'TooMuch';
  readonly problem: SourceProblem;
  constructor(problem: SourceProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

interface Reading {
  readonly text: string;
  values: number;
  /** Anchored values that are being written out: an alias to one of them would never end. */
  readonly open: Set<ParsedNode>;
}

/** Flow collections that are open at once, roughly: brackets in texts count too, which does no harm. */
function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (const sign of text.match(/[[\]{}]/g) ?? []) {
    depth = Math.max(0, depth + (sign === '[' || sign === '{' ? 1 : -1));
    most = Math.max(most, depth);
  }
  return most;
}

function located(node: ParsedNode, document: Document, reading: Reading, depth: number): Located {
  const start = node.range[0];
  reading.values += 1;
  if (reading.values > MOST_VALUES / 10)
    throw new TooMuch(tooMuch(start, `It has more than ${MOST_VALUES / 10} values, aliases written out`));
  if (depth > DEEPEST) throw new TooMuch(tooMuch(start, `It is nested more than ${DEEPEST} levels deep`));
  const plain = bare(node, document, reading, depth);
  return withTag(plain, node);
}

function bare(node: ParsedNode, document: Document, reading: Reading, depth: number): Located {
  const start = node.range[0];
  if (isAlias(node)) return aliased(node, document, reading, depth);
  if (isSeq(node)) {
    const items = node.items.map((item) => located(item as ParsedNode, document, reading, depth + 1));
    return { kind: 'list', at: start, items };
  }
  if (isMap(node)) return { kind: 'map', at: start, members: members(node, document, reading, depth) };
  return scalar(node as Scalar.Parsed, reading.text);
}

function aliased(node: ParsedNode, document: Document, reading: Reading, depth: number): Located {
  const target = isAlias(node) ? (node.resolve(document) as ParsedNode | undefined) : undefined;
  const start = node.range[0];
  if (target === undefined)
    throw new TooMuch({ offset: start, message: 'This alias names no anchor. Define it above.' });
  if (reading.open.has(target))
    throw new TooMuch({ offset: start, message: 'This alias stands for what it is part of. Write it out.' });
  reading.open.add(target);
  const value = located(target, document, reading, depth + 1);
  reading.open.delete(target);
  return value;
}

/** Members as written, after those that `<<` brings in, which count less. */
function members(map: YAMLMap, document: Document, reading: Reading, depth: number): Member[] {
  const merged: Member[] = [];
  const own: Member[] = [];
  for (const pair of map.items) {
    const key = pair.key as ParsedNode | null;
    const value = pair.value as ParsedNode | null;
    if (key === null) continue;
    const keyAt = key.range[0];
    const read: Located =
      value === null
        ? { kind: 'scalar', value: null, at: keyAt }
        : located(value, document, reading, depth + 1);
    const name = isScalar(key) ? keyText(key) : '';
    if (name === '<<') merged.push(...mergedMembers(read));
    else own.push({ key: name, keyAt, value: read });
  }
  return [...merged, ...own];
}

/** Of several mappings that are merged the first one counts. */
function mergedMembers(read: Located): readonly Member[] {
  if (read.kind === 'map') return read.members;
  return read.kind === 'list' ? [...read.items].reverse().flatMap(mergedMembers) : [];
}

function keyText(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

function scalar(node: Scalar.Parsed, text: string): Located {
  const [start, end] = node.range;
  const { value } = node;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null)
    return { kind: 'scalar', value, at: start };
  // A bare time or binary is text to everybody who reads these files.
  const words = typeof value === 'string' ? value : (node.source ?? String(value));
  return textAt(words, start, placesOf(node, words, text.slice(start, end)));
}

function placesOf(node: Scalar.Parsed, value: string, raw: string): (index: number) => number {
  const [start] = node.range;
  const oneLine = !raw.includes('\n');
  switch (node.type) {
    case 'BLOCK_LITERAL':
      return blockPlaces(raw, start, value);
    case 'QUOTE_DOUBLE':
      return oneLine ? quotedPlaces(raw, start) : () => start;
    case 'QUOTE_SINGLE':
      return oneLine ? singleQuotedPlaces(raw, start) : () => start;
    case 'PLAIN':
      return oneLine ? (index) => start + index : () => start;
    default:
      return () => start;
  }
}

/** `!Ref x` is `{Ref: x}`, `!Sub x` is `{Fn::Sub: x}` (CloudFormation user guide, "Intrinsic function reference"). */
function withTag(value: Located, node: ParsedNode): Located {
  const tag = 'tag' in node ? node.tag : undefined;
  if (typeof tag !== 'string' || !/^![A-Za-z]+$/.test(tag)) return value;
  const name = tag.slice(1);
  const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  return { kind: 'map', at: value.at, members: [{ key, keyAt: value.at, value }] };
}
