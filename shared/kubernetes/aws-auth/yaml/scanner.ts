import {
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDocumentIndicator,
  type Mark,
  markOf,
  need,
  openReader,
  peek,
  type Reader,
  skip,
  skipLine,
  windowHasByteOrderMark,
  YamlError,
} from './reader.ts';
import { scanBlockScalar } from './scan-block-scalar.ts';
import { scanPlainScalar, scanQuotedScalar } from './scan-flow-scalar.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-properties.ts';
import type { Indicator, Token } from './token.ts';

// Tokens as libyaml makes them, whose Go port gopkg.in/yaml.v2 2.4.0 the authenticator uses. Whether a slightly wrong
// document is read, and as what, hangs on details of this algorithm, so it is followed step by step. A stricter or
// newer YAML would see other documents: see docs/aws-auth.md.

interface SimpleKey {
  possible: boolean;
  readonly required: boolean;
  readonly token: number;
  readonly at: Mark;
}

/** The state of scanning a stream. */
export interface Scanner {
  readonly reader: Reader;
  tokens: Token[];
  head: number;
  /** Tokens handed out so far. */
  taken: number;
  started: boolean;
  flowLevel: number;
  indent: number;
  readonly indents: number[];
  keyAllowed: boolean;
  readonly keys: SimpleKey[];
  readonly keysByToken: Map<number, number>;
}

/** A key must end on its line, and within so many characters. */
const LONGEST_KEY = 1024;
const DEEPEST = 10_000;

/** A scanner at the start of a text. */
export function openScanner(text: string): Scanner {
  return {
    reader: openReader(text),
    tokens: [],
    head: 0,
    taken: 0,
    started: false,
    flowLevel: 0,
    indent: -1,
    indents: [],
    keyAllowed: true,
    keys: [],
    keysByToken: new Map(),
  };
}

/** The next token, which stays. Throws YamlError where the text is no YAML. */
export function peekToken(scanner: Scanner): Token {
  while (mustFetch(scanner)) {
    fetchToken(scanner);
  }
  const token = scanner.tokens[scanner.head];
  if (token === undefined) {
    throw new YamlError('unknown problem parsing YAML content', markOf(scanner.reader));
  }
  return token;
}

/** Takes the token that was peeked. */
export function takeToken(scanner: Scanner): void {
  scanner.taken += 1;
  scanner.head += 1;
  if (scanner.head > 1024) {
    scanner.tokens = scanner.tokens.slice(scanner.head);
    scanner.head = 0;
  }
}

// A token that may turn out to be a key waits until that is known, for KEY comes before it.
function mustFetch(scanner: Scanner): boolean {
  if (scanner.head === scanner.tokens.length) {
    return true;
  }
  const level = scanner.keysByToken.get(scanner.taken);
  const key = level === undefined ? undefined : scanner.keys[level];
  return key !== undefined && isValidKey(scanner, key);
}

function isValidKey({ reader }: Scanner, key: SimpleKey): boolean {
  if (!key.possible) {
    return false;
  }
  if (key.at.line < reader.line || key.at.index + LONGEST_KEY < reader.index) {
    if (key.required) {
      throw new YamlError("could not find expected ':'", markOf(reader), key.at);
    }
    key.possible = false;
    return false;
  }
  return true;
}

function saveKey(scanner: Scanner): void {
  const { reader } = scanner;
  if (!scanner.keyAllowed) {
    return;
  }
  const key: SimpleKey = {
    possible: true,
    required: scanner.flowLevel === 0 && scanner.indent === reader.column,
    token: scanner.taken + scanner.tokens.length - scanner.head,
    at: markOf(reader),
  };
  removeKey(scanner);
  const level = scanner.keys.length - 1;
  scanner.keys[level] = key;
  scanner.keysByToken.set(key.token, level);
}

function removeKey({ reader, keys, keysByToken }: Scanner): void {
  const key = keys.at(-1);
  if (key?.possible !== true) {
    return;
  }
  if (key.required) {
    throw new YamlError("could not find expected ':'", markOf(reader), key.at);
  }
  key.possible = false;
  keysByToken.delete(key.token);
}

function insert(scanner: Scanner, token: Token, before?: number): void {
  if (before === undefined || before < 0) {
    scanner.tokens.push(token);
  } else {
    scanner.tokens.splice(scanner.head + before, 0, token);
  }
}

function rollIndent(
  scanner: Scanner,
  column: number,
  kind: 'block-sequence' | 'block-mapping',
  at: Mark,
  before?: number,
): void {
  if (scanner.flowLevel > 0 || scanner.indent >= column) {
    return;
  }
  scanner.indents.push(scanner.indent);
  scanner.indent = column;
  if (scanner.indents.length > DEEPEST) {
    throw new YamlError(`exceeded max depth of ${DEEPEST}`, markOf(scanner.reader));
  }
  insert(scanner, { kind, start: at, end: at }, before === undefined ? undefined : before - scanner.taken);
}

function unrollIndent(scanner: Scanner, column: number): void {
  while (scanner.flowLevel === 0 && scanner.indent > column) {
    const at = markOf(scanner.reader);
    insert(scanner, { kind: 'block-end', start: at, end: at });
    scanner.indent = scanner.indents.pop() ?? -1;
  }
}

function fetchToken(scanner: Scanner): void {
  const { reader } = scanner;
  need(reader, 1);
  if (!scanner.started) {
    scanner.started = true;
    scanner.keys.push({ possible: false, required: false, token: 0, at: markOf(reader) });
    insert(scanner, { kind: 'stream-start', start: markOf(reader), end: markOf(reader) });
    return;
  }
  skipToNextToken(scanner);
  unrollIndent(scanner, reader.column);
  need(reader, 4);
  if (!fetchOutsideDocument(scanner) && !fetchIndicator(scanner) && !fetchContent(scanner)) {
    throw new YamlError('found character that cannot start any token', markOf(reader));
  }
}

function skipToNextToken(scanner: Scanner): void {
  const { reader } = scanner;
  for (;;) {
    need(reader, 1);
    if (reader.column === 0 && windowHasByteOrderMark(reader)) {
      skip(reader);
    }
    need(reader, 1);
    // A tab is no indentation: only where no key may begin does it count as space.
    while (
      peek(reader) === 0x20 ||
      (peek(reader) === 0x09 && (scanner.flowLevel > 0 || !scanner.keyAllowed))
    ) {
      skip(reader);
      need(reader, 1);
    }
    skipComment(reader);
    if (!isBreak(reader)) {
      return;
    }
    need(reader, 2);
    skipLine(reader);
    if (scanner.flowLevel === 0) {
      scanner.keyAllowed = true;
    }
  }
}

function skipComment(reader: Reader): void {
  if (peek(reader) !== 0x23) {
    return;
  }
  while (!isBreakOrEnd(reader)) {
    skip(reader);
    need(reader, 1);
  }
}

function fetchOutsideDocument(scanner: Scanner): boolean {
  const { reader } = scanner;
  if (peek(reader) === 0) {
    if (reader.column !== 0) {
      reader.column = 0;
      reader.line += 1;
    }
    endBlocks(scanner);
    insert(scanner, { kind: 'stream-end', start: markOf(reader), end: markOf(reader) });
    return true;
  }
  if (reader.column === 0 && peek(reader) === 0x25) {
    endBlocks(scanner);
    insert(scanner, scanDirective(reader));
    return true;
  }
  const starts = isDocumentIndicator(reader, 0x2d);
  if (!starts && !isDocumentIndicator(reader, 0x2e)) {
    return false;
  }
  endBlocks(scanner);
  pass(scanner, starts ? 'document-start' : 'document-end', 3);
  return true;
}

function endBlocks(scanner: Scanner): void {
  unrollIndent(scanner, -1);
  removeKey(scanner);
  scanner.keyAllowed = false;
}

function pass(scanner: Scanner, kind: Indicator, characters = 1): void {
  const start = markOf(scanner.reader);
  for (let passed = 0; passed < characters; passed += 1) {
    skip(scanner.reader);
  }
  insert(scanner, { kind, start, end: markOf(scanner.reader) });
}

function fetchIndicator(scanner: Scanner): boolean {
  const { reader } = scanner;
  const loose = scanner.flowLevel > 0 || isBlankOrEnd(reader, 1);
  switch (String.fromCharCode(peek(reader))) {
    case '[':
      return openFlow(scanner, 'flow-sequence');
    case '{':
      return openFlow(scanner, 'flow-mapping');
    case ']':
      return closeFlow(scanner, 'flow-sequence-end');
    case '}':
      return closeFlow(scanner, 'flow-mapping-end');
    case ',':
      removeKey(scanner);
      scanner.keyAllowed = true;
      pass(scanner, 'flow-entry');
      return true;
    case '-':
      return isBlankOrEnd(reader, 1) && fetchBlockEntry(scanner);
    case '?':
      return loose && fetchKey(scanner);
    case ':':
      return loose && fetchValue(scanner);
    default:
      return false;
  }
}

function openFlow(scanner: Scanner, kind: 'flow-sequence' | 'flow-mapping'): true {
  const { reader } = scanner;
  saveKey(scanner);
  scanner.keys.push({
    possible: false,
    required: false,
    token: scanner.taken + scanner.tokens.length - scanner.head,
    at: markOf(reader),
  });
  scanner.flowLevel += 1;
  if (scanner.flowLevel > DEEPEST) {
    throw new YamlError(`exceeded max depth of ${DEEPEST}`, markOf(reader));
  }
  scanner.keyAllowed = true;
  pass(scanner, kind);
  return true;
}

function closeFlow(scanner: Scanner, kind: 'flow-sequence-end' | 'flow-mapping-end'): true {
  removeKey(scanner);
  if (scanner.flowLevel > 0) {
    scanner.flowLevel -= 1;
    const last = scanner.keys.pop();
    scanner.keysByToken.delete(last?.token ?? -1);
  }
  scanner.keyAllowed = false;
  pass(scanner, kind);
  return true;
}

function fetchBlockEntry(scanner: Scanner): true {
  const { reader } = scanner;
  if (scanner.flowLevel === 0) {
    if (!scanner.keyAllowed) {
      throw new YamlError('block sequence entries are not allowed in this context', markOf(reader));
    }
    rollIndent(scanner, reader.column, 'block-sequence', markOf(reader));
  }
  removeKey(scanner);
  scanner.keyAllowed = true;
  pass(scanner, 'block-entry');
  return true;
}

function fetchKey(scanner: Scanner): true {
  const { reader } = scanner;
  if (scanner.flowLevel === 0) {
    if (!scanner.keyAllowed) {
      throw new YamlError('mapping keys are not allowed in this context', markOf(reader));
    }
    rollIndent(scanner, reader.column, 'block-mapping', markOf(reader));
  }
  removeKey(scanner);
  scanner.keyAllowed = scanner.flowLevel === 0;
  pass(scanner, 'key');
  return true;
}

function fetchValue(scanner: Scanner): true {
  const { reader } = scanner;
  const key = scanner.keys.at(-1);
  if (key !== undefined && isValidKey(scanner, key)) {
    insert(scanner, { kind: 'key', start: key.at, end: key.at }, key.token - scanner.taken);
    rollIndent(scanner, key.at.column, 'block-mapping', key.at, key.token);
    key.possible = false;
    scanner.keysByToken.delete(key.token);
    scanner.keyAllowed = false;
  } else {
    if (scanner.flowLevel === 0) {
      if (!scanner.keyAllowed) {
        throw new YamlError('mapping values are not allowed in this context', markOf(reader));
      }
      rollIndent(scanner, reader.column, 'block-mapping', markOf(reader));
    }
    scanner.keyAllowed = scanner.flowLevel === 0;
  }
  pass(scanner, 'value');
  return true;
}

const NEVER_PLAIN = new Set([...'-?:,[]{}#&*!|>\'"%@`'].map((character) => character.charCodeAt(0)));

function startsPlainScalar({ reader, flowLevel }: Scanner): boolean {
  const byte = peek(reader);
  if (byte === 0x2d) {
    return peek(reader, 1) !== 0x20 && peek(reader, 1) !== 0x09;
  }
  if (byte === 0x3f || byte === 0x3a) {
    return flowLevel === 0 && !isBlankOrEnd(reader, 1);
  }
  return !isBlankOrEnd(reader) && !NEVER_PLAIN.has(byte);
}

function fetchContent(scanner: Scanner): boolean {
  const { reader } = scanner;
  const indicator = String.fromCharCode(peek(reader));
  if ((indicator === '|' || indicator === '>') && scanner.flowLevel === 0) {
    removeKey(scanner);
    scanner.keyAllowed = true;
    insert(scanner, scanBlockScalar(reader, scanner.indent, indicator === '|'));
    return true;
  }
  const scan = contentAt(scanner, indicator);
  if (scan === undefined) {
    return false;
  }
  saveKey(scanner);
  scanner.keyAllowed = false;
  insert(scanner, scan());
  return true;
}

function contentAt(scanner: Scanner, indicator: string): (() => Token) | undefined {
  const { reader } = scanner;
  switch (indicator) {
    case '*':
      return () => scanAnchor(reader, 'alias');
    case '&':
      return () => scanAnchor(reader, 'anchor');
    case '!':
      return () => scanTag(reader);
    case "'":
      return () => scanQuotedScalar(reader, true);
    case '"':
      return () => scanQuotedScalar(reader, false);
    default:
      return startsPlainScalar(scanner) ? () => plainScalar(scanner) : undefined;
  }
}

function plainScalar(scanner: Scanner): Token {
  const { token, acrossLines } = scanPlainScalar(scanner.reader, scanner.indent, scanner.flowLevel > 0);
  if (acrossLines) {
    scanner.keyAllowed = true;
  }
  return token;
}
