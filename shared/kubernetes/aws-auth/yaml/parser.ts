import type { Event } from './event.ts';
import { type Mark, YamlError } from './reader.ts';
import { openScanner, peekToken, type Scanner, takeToken } from './scanner.ts';
import type { Token } from './token.ts';

type State =
  | 'document-start'
  | 'next-document-start'
  | 'document-content'
  | 'document-end'
  | 'block-node'
  | 'block-entry'
  | 'indentless-entry'
  | 'block-key'
  | 'block-value'
  | 'flow-entry-first'
  | 'flow-entry'
  | 'flow-entry-key'
  | 'flow-entry-value'
  | 'flow-entry-mapping-end'
  | 'flow-key-first'
  | 'flow-key'
  | 'flow-value'
  | 'flow-empty-value'
  | 'end';

/** The state of parsing a stream; states instead of recursion, for documents nest as deep as they are long. */
export interface Parser {
  readonly scanner: Scanner;
  state: State;
  readonly states: State[];
  readonly opened: Mark[];
  handles: Map<string, string>;
}

const DEFAULT_HANDLES = [
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
] as const;

/** A parser at the start of a text. */
export function openParser(text: string): Parser {
  const scanner = openScanner(text);
  peekToken(scanner);
  takeToken(scanner);
  return { scanner, state: 'document-start', states: [], opened: [], handles: new Map() };
}

/** The next event. Throws YamlError where the text is no YAML for go-yaml. */
export function nextEvent(parser: Parser): Event {
  switch (parser.state) {
    case 'document-start':
      return documentStart(parser, true);
    case 'next-document-start':
      return documentStart(parser, false);
    case 'document-content':
      return documentContent(parser);
    case 'document-end':
      return documentEnd(parser);
    case 'block-node':
      return node(parser, true, false);
    case 'block-entry':
      return blockEntry(parser);
    case 'indentless-entry':
      return indentlessEntry(parser);
    case 'block-key':
      return blockKey(parser);
    case 'block-value':
      return blockValue(parser);
    case 'flow-entry-first':
    case 'flow-entry':
      return flowEntry(parser, parser.state === 'flow-entry-first');
    case 'flow-entry-key':
      return flowEntryKey(parser);
    case 'flow-entry-value':
      return flowPairValue(parser, 'flow-sequence-end', 'flow-entry-mapping-end');
    case 'flow-entry-mapping-end':
      parser.state = 'flow-entry';
      return { kind: 'mapping-end', at: peekToken(parser.scanner).start };
    case 'flow-key-first':
    case 'flow-key':
      return flowKey(parser, parser.state === 'flow-key-first');
    case 'flow-value':
      return flowPairValue(parser, 'flow-mapping-end', 'flow-key');
    case 'flow-empty-value':
      return empty(parser, peekToken(parser.scanner).start, 'flow-key');
    case 'end':
      throw new YamlError('attempted to go past the end of stream', peekToken(parser.scanner).start);
  }
}

function take(parser: Parser): Token {
  takeToken(parser.scanner);
  return peekToken(parser.scanner);
}

function isOneOf(token: Token, ...kinds: readonly Token['kind'][]): boolean {
  return kinds.includes(token.kind);
}

function back(parser: Parser): void {
  parser.state = parser.states.pop() ?? 'end';
}

function empty(parser: Parser, at: Mark, then: State | undefined): Event {
  if (then === undefined) {
    back(parser);
  } else {
    parser.state = then;
  }
  return { kind: 'scalar', text: '', plain: true, tag: '', anchor: undefined, at };
}

function into(parser: Parser, then: State, block: boolean, indentless: boolean): Event {
  parser.states.push(then);
  return node(parser, block, indentless);
}

function leave(parser: Parser, kind: 'sequence-end' | 'mapping-end', at: Mark): Event {
  back(parser);
  parser.opened.pop();
  takeToken(parser.scanner);
  return { kind, at };
}

function documentStart(parser: Parser, first: boolean): Event {
  let token = peekToken(parser.scanner);
  while (!first && token.kind === 'document-end') {
    token = take(parser);
  }
  const at = token.start;
  if (token.kind === 'stream-end') {
    parser.state = 'end';
    return { kind: 'stream-end', at };
  }
  const explicit = !first || isOneOf(token, 'version', 'tag-handle', 'document-start');
  processDirectives(parser);
  parser.states.push('document-end');
  if (!explicit) {
    parser.state = 'block-node';
    return { kind: 'document', at };
  }
  token = peekToken(parser.scanner);
  if (token.kind !== 'document-start') {
    throw new YamlError('did not find expected <document start>', token.start);
  }
  parser.state = 'document-content';
  takeToken(parser.scanner);
  return { kind: 'document', at };
}

function processDirectives(parser: Parser): void {
  let versioned = false;
  for (let token = peekToken(parser.scanner); ; token = take(parser)) {
    if (token.kind === 'version') {
      if (versioned) {
        throw new YamlError('found duplicate %YAML directive', token.start);
      }
      if (token.major !== 1 || token.minor !== 1) {
        throw new YamlError('found incompatible YAML document', token.start);
      }
      versioned = true;
    } else if (token.kind === 'tag-handle') {
      if (parser.handles.has(token.handle)) {
        throw new YamlError('found duplicate %TAG directive', token.start);
      }
      parser.handles.set(token.handle, token.prefix);
    } else {
      break;
    }
  }
  for (const [handle, prefix] of DEFAULT_HANDLES) {
    if (!parser.handles.has(handle)) {
      parser.handles.set(handle, prefix);
    }
  }
}

function documentContent(parser: Parser): Event {
  const token = peekToken(parser.scanner);
  if (isOneOf(token, 'version', 'tag-handle', 'document-start', 'document-end', 'stream-end')) {
    return empty(parser, token.start, undefined);
  }
  return node(parser, true, false);
}

function documentEnd(parser: Parser): Event {
  const token = peekToken(parser.scanner);
  if (token.kind === 'document-end') {
    takeToken(parser.scanner);
  }
  parser.handles = new Map();
  parser.state = 'next-document-start';
  return { kind: 'document-end', at: token.start };
}

function node(parser: Parser, block: boolean, indentless: boolean): Event {
  const first = peekToken(parser.scanner);
  if (first.kind === 'alias') {
    back(parser);
    takeToken(parser.scanner);
    return { kind: 'alias', name: first.name, at: first.start };
  }
  const { anchor, tag } = properties(parser, first);
  const token = peekToken(parser.scanner);
  const given = { at: first.start, anchor, tag };
  const starts = startOf(token, block, indentless);
  if (starts !== undefined) {
    parser.state = starts.state;
    // A block's first token goes with it; flow collections pass theirs with their first entry.
    if (starts.state === 'block-entry' || starts.state === 'block-key') {
      parser.opened.push(token.start);
      takeToken(parser.scanner);
    }
    return { kind: starts.kind, ...given };
  }
  if (token.kind === 'scalar') {
    back(parser);
    takeToken(parser.scanner);
    return { kind: 'scalar', text: token.text, plain: (tag === '' && token.plain) || tag === '!', ...given };
  }
  if (anchor !== undefined || tag !== '') {
    back(parser);
    return { kind: 'scalar', text: '', plain: tag === '', ...given };
  }
  throw new YamlError('did not find expected node content', token.start, first.start);
}

function startOf(
  token: Token,
  block: boolean,
  indentless: boolean,
): { state: State; kind: 'sequence' | 'mapping' } | undefined {
  switch (token.kind) {
    case 'block-entry':
      return indentless ? { state: 'indentless-entry', kind: 'sequence' } : undefined;
    case 'flow-sequence':
      return { state: 'flow-entry-first', kind: 'sequence' };
    case 'flow-mapping':
      return { state: 'flow-key-first', kind: 'mapping' };
    case 'block-sequence':
      return block ? { state: 'block-entry', kind: 'sequence' } : undefined;
    case 'block-mapping':
      return block ? { state: 'block-key', kind: 'mapping' } : undefined;
    default:
      return undefined;
  }
}

function properties(parser: Parser, first: Token): { anchor: string | undefined; tag: string } {
  let anchor: string | undefined;
  let tag: string | undefined;
  for (let token = first; ; token = take(parser)) {
    if (token.kind === 'anchor' && anchor === undefined) {
      anchor = token.name;
    } else if (token.kind === 'tag' && tag === undefined) {
      tag = resolveTag(parser, token.handle, token.suffix, token.start);
    } else {
      return { anchor, tag: tag ?? '' };
    }
  }
}

function resolveTag({ handles }: Parser, handle: string, suffix: string, at: Mark): string {
  if (handle === '') {
    return suffix;
  }
  const tag = handles.has(handle) ? `${handles.get(handle)}${suffix}` : '';
  if (tag === '') {
    throw new YamlError('found undefined tag handle', at);
  }
  return tag;
}

function blockEntry(parser: Parser): Event {
  const token = peekToken(parser.scanner);
  if (token.kind === 'block-entry') {
    return isOneOf(take(parser), 'block-entry', 'block-end')
      ? empty(parser, token.end, 'block-entry')
      : into(parser, 'block-entry', true, false);
  }
  if (token.kind === 'block-end') {
    return leave(parser, 'sequence-end', token.start);
  }
  throw new YamlError("did not find expected '-' indicator", token.start, parser.opened.at(-1));
}

function indentlessEntry(parser: Parser): Event {
  const token = peekToken(parser.scanner);
  if (token.kind === 'block-entry') {
    return isOneOf(take(parser), 'block-entry', 'key', 'value', 'block-end')
      ? empty(parser, token.end, 'indentless-entry')
      : into(parser, 'indentless-entry', true, false);
  }
  back(parser);
  return { kind: 'sequence-end', at: token.start };
}

function blockKey(parser: Parser): Event {
  const token = peekToken(parser.scanner);
  if (token.kind === 'key') {
    return isOneOf(take(parser), 'key', 'value', 'block-end')
      ? empty(parser, token.end, 'block-value')
      : into(parser, 'block-value', true, true);
  }
  if (token.kind === 'block-end') {
    return leave(parser, 'mapping-end', token.start);
  }
  throw new YamlError('did not find expected key', token.start, parser.opened.at(-1));
}

function blockValue(parser: Parser): Event {
  const token = peekToken(parser.scanner);
  if (token.kind !== 'value') {
    return empty(parser, token.start, 'block-key');
  }
  return isOneOf(take(parser), 'key', 'value', 'block-end')
    ? empty(parser, token.end, 'block-key')
    : into(parser, 'block-key', true, true);
}

// Passes the bracket, or the comma before the next entry.
function nextInFlow(parser: Parser, first: boolean, end: Token['kind'], expected: string): Token {
  const token = peekToken(parser.scanner);
  if (first) {
    parser.opened.push(token.start);
    return take(parser);
  }
  if (token.kind === end) {
    return token;
  }
  if (token.kind !== 'flow-entry') {
    throw new YamlError(`did not find expected ${expected}`, token.start, parser.opened.at(-1));
  }
  return take(parser);
}

function flowEntry(parser: Parser, first: boolean): Event {
  const token = nextInFlow(parser, first, 'flow-sequence-end', "',' or ']'");
  if (token.kind === 'key') {
    parser.state = 'flow-entry-key';
    takeToken(parser.scanner);
    return { kind: 'mapping', at: token.start, anchor: undefined, tag: '' };
  }
  if (token.kind === 'flow-sequence-end') {
    return leave(parser, 'sequence-end', token.start);
  }
  return into(parser, 'flow-entry', false, false);
}

function flowEntryKey(parser: Parser): Event {
  const token = peekToken(parser.scanner);
  if (!isOneOf(token, 'value', 'flow-entry', 'flow-sequence-end')) {
    return into(parser, 'flow-entry-value', false, false);
  }
  // libyaml passes this token, whatever it is.
  takeToken(parser.scanner);
  return empty(parser, token.end, 'flow-entry-value');
}

function flowKey(parser: Parser, first: boolean): Event {
  const token = nextInFlow(parser, first, 'flow-mapping-end', "',' or '}'");
  if (token.kind === 'key') {
    const key = take(parser);
    return isOneOf(key, 'value', 'flow-entry', 'flow-mapping-end')
      ? empty(parser, key.start, 'flow-value')
      : into(parser, 'flow-value', false, false);
  }
  if (token.kind === 'flow-mapping-end') {
    return leave(parser, 'mapping-end', token.start);
  }
  return into(parser, 'flow-empty-value', false, false);
}

function flowPairValue(parser: Parser, end: Token['kind'], then: State): Event {
  const token = peekToken(parser.scanner);
  if (token.kind !== 'value') {
    return empty(parser, token.start, then);
  }
  const value = take(parser);
  return isOneOf(value, 'flow-entry', end)
    ? empty(parser, value.start, then)
    : into(parser, then, false, false);
}
