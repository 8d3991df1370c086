import {
  hexValue,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  isWordCharacter,
  type Mark,
  markOf,
  need,
  peek,
  type Reader,
  read,
  skip,
  skipLine,
  textOf,
  width,
  YamlError,
} from './reader.ts';
import type { Token } from './token.ts';

const AFTER_ANCHOR = new Set([...'?:,]}%@`'].map((character) => character.charCodeAt(0)));
const IN_TAG = new Set([...";/?:@&=+$,.!~*'()[]%"].map((character) => character.charCodeAt(0)));
const EXCLAMATION = 0x21;
const PERCENT = 0x25;

/** `&name` or `*name`. */
export function scanAnchor(reader: Reader, kind: 'alias' | 'anchor'): Token {
  const start = markOf(reader);
  skip(reader);
  const name = readWord(reader);
  if (name.length === 0 || !(isBlankOrEnd(reader) || AFTER_ANCHOR.has(peek(reader)))) {
    throw new YamlError('did not find expected alphabetic or numeric character', markOf(reader), start);
  }
  return { kind, name: textOf(name), start, end: markOf(reader) };
}

function readWord(reader: Reader, into: number[] = []): number[] {
  need(reader, 1);
  while (isWordCharacter(reader)) {
    read(reader, into);
    need(reader, 1);
  }
  return into;
}

/** `!suffix`, `!handle!suffix` or `!<tag>`. */
export function scanTag(reader: Reader): Token {
  const start = markOf(reader);
  need(reader, 2);
  const { handle, suffix } = peek(reader, 1) === 0x3c ? verbatimTag(reader, start) : shortTag(reader, start);
  need(reader, 1);
  if (!isBlankOrEnd(reader)) {
    throw new YamlError('did not find expected whitespace or line break', markOf(reader), start);
  }
  return { kind: 'tag', handle, suffix, start, end: markOf(reader) };
}

function verbatimTag(reader: Reader, start: Mark): { handle: string; suffix: string } {
  skip(reader);
  skip(reader);
  const suffix = textOf(scanTagUri(reader, [], start));
  if (peek(reader) !== 0x3e) {
    throw new YamlError("did not find the expected '>'", markOf(reader), start);
  }
  skip(reader);
  return { handle: '', suffix };
}

function shortTag(reader: Reader, start: Mark): { handle: string; suffix: string } {
  const handle = scanTagHandle(reader, false, start);
  if (handle.length > 1 && handle.at(-1) === EXCLAMATION) {
    return { handle: textOf(handle), suffix: textOf(scanTagUri(reader, [], start)) };
  }
  const suffix = textOf(scanTagUri(reader, handle, start));
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

function scanTagHandle(reader: Reader, directive: boolean, start: Mark): number[] {
  need(reader, 1);
  if (peek(reader) !== EXCLAMATION) {
    throw new YamlError("did not find expected '!'", markOf(reader), start);
  }
  const handle: number[] = [];
  read(reader, handle);
  readWord(reader, handle);
  if (peek(reader) === EXCLAMATION) {
    read(reader, handle);
  } else if (directive && handle.length > 1) {
    throw new YamlError("did not find expected '!'", markOf(reader), start);
  }
  return handle;
}

function scanTagUri(reader: Reader, head: readonly number[], start: Mark): number[] {
  const uri = head.slice(1);
  let found = head.length > 0;
  need(reader, 1);
  while (isWordCharacter(reader) || IN_TAG.has(peek(reader))) {
    if (peek(reader) === PERCENT) {
      scanEscapedCharacter(reader, start, uri);
    } else {
      read(reader, uri);
    }
    need(reader, 1);
    found = true;
  }
  if (!found) {
    throw new YamlError('did not find expected tag URI', markOf(reader), start);
  }
  return uri;
}

// One character of UTF-8 as `%XX`, as many as its first octet says.
function scanEscapedCharacter(reader: Reader, start: Mark, into: number[]): void {
  const first = scanEscapedOctet(reader, start);
  const size = width(first);
  if (size === 0) {
    throw new YamlError('found an incorrect leading UTF-8 octet', markOf(reader), start);
  }
  into.push(first);
  for (let passed = 1; passed < size; passed += 1) {
    const octet = scanEscapedOctet(reader, start);
    if ((octet & 0xc0) !== 0x80) {
      throw new YamlError('found an incorrect trailing UTF-8 octet', markOf(reader), start);
    }
    into.push(octet);
  }
}

function scanEscapedOctet(reader: Reader, start: Mark): number {
  need(reader, 3);
  const high = hexValue(peek(reader, 1));
  const low = hexValue(peek(reader, 2));
  if (peek(reader) !== PERCENT || high === undefined || low === undefined) {
    throw new YamlError('did not find URI escaped octet', markOf(reader), start);
  }
  skip(reader);
  skip(reader);
  skip(reader);
  return high * 16 + low;
}

/** `%YAML 1.1` or `%TAG !handle! prefix`, with the rest of its line. */
export function scanDirective(reader: Reader): Token {
  const start = markOf(reader);
  skip(reader);
  const name = textOf(readWord(reader));
  if (name === '') {
    throw new YamlError('could not find expected directive name', markOf(reader), start);
  }
  if (!isBlankOrEnd(reader)) {
    throw new YamlError('found unexpected non-alphabetical character', markOf(reader), start);
  }
  const token = directive(reader, name, start);
  skipBlanks(reader);
  if (peek(reader) === 0x23) {
    while (!isBreakOrEnd(reader)) {
      skip(reader);
      need(reader, 1);
    }
  }
  if (!isBreakOrEnd(reader)) {
    throw new YamlError('did not find expected comment or line break', markOf(reader), start);
  }
  if (isBreak(reader)) {
    need(reader, 2);
    skipLine(reader);
  }
  return token;
}

function directive(reader: Reader, name: string, start: Mark): Token {
  if (name === 'YAML') {
    skipBlanks(reader);
    const major = scanVersionNumber(reader, start);
    if (peek(reader) !== 0x2e) {
      throw new YamlError("did not find expected digit or '.' character", markOf(reader), start);
    }
    skip(reader);
    return { kind: 'version', major, minor: scanVersionNumber(reader, start), start, end: markOf(reader) };
  }
  if (name !== 'TAG') {
    throw new YamlError('found unknown directive name', markOf(reader), start);
  }
  skipBlanks(reader);
  const handle = textOf(scanTagHandle(reader, true, start));
  need(reader, 1);
  if (!isBlank(reader)) {
    throw new YamlError('did not find expected whitespace', markOf(reader), start);
  }
  skipBlanks(reader);
  const prefix = textOf(scanTagUri(reader, [], start));
  need(reader, 1);
  if (!isBlankOrEnd(reader)) {
    throw new YamlError('did not find expected whitespace or line break', markOf(reader), start);
  }
  return { kind: 'tag-handle', handle, prefix, start, end: markOf(reader) };
}

function skipBlanks(reader: Reader): void {
  need(reader, 1);
  while (isBlank(reader)) {
    skip(reader);
    need(reader, 1);
  }
}

function scanVersionNumber(reader: Reader, start: Mark): number {
  let digits = '';
  need(reader, 1);
  while (isDigit(peek(reader))) {
    digits += String.fromCharCode(peek(reader));
    if (digits.length > 2) {
      throw new YamlError('found extremely long version number', markOf(reader), start);
    }
    skip(reader);
    need(reader, 1);
  }
  if (digits === '') {
    throw new YamlError('did not find expected version number', markOf(reader), start);
  }
  return Number(digits);
}
