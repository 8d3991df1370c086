/** A place in a text: characters before it, line and column counted from 0. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** Why a text is no YAML for go-yaml, in its own words, and where. */
export class YamlError extends Error {
  readonly at: Mark;
  /** Where what could not be finished began, when that is elsewhere. */
  readonly since: Mark | undefined;

  constructor(problem: string, at: Mark, since?: Mark) {
    super(problem);
    this.name = 'YamlError';
    this.at = at;
    this.since = since;
  }
}

/**
 * go-yaml reads its input in chunks and looks at the first bytes of its buffer, not at the current ones, to find a
 * byte order mark; a forbidden character counts only once its chunk was read. Both decide which texts it takes, so the
 * chunks are followed here: `window` is where its buffer begins, `decoded` how far it has checked characters.
 */
export interface Reader {
  readonly bytes: Uint8Array;
  /** Byte offset of the current character. Beyond the end there are NULs without end. */
  position: number;
  index: number;
  line: number;
  column: number;
  unread: number;
  window: number;
  decoded: number;
  fetched: number;
  ended: boolean;
  opened: boolean;
}

const CHUNK = 512;

/** A reader at the start of a text. Lone surrogates become U+FFFD, as on their way through JSON. */
export function openReader(text: string): Reader {
  const bytes = new TextEncoder().encode(text);
  return {
    bytes,
    position: 0,
    index: 0,
    line: 0,
    column: 0,
    unread: 0,
    window: 0,
    decoded: 0,
    fetched: 0,
    ended: false,
    opened: false,
  };
}

/** The current place. */
export function markOf({ index, line, column }: Reader): Mark {
  return { index, line, column };
}

/** The byte so many bytes after the current character's first; 0 beyond the end. */
export function peek(reader: Reader, offset = 0): number {
  return reader.bytes[reader.position + offset] ?? 0;
}

/** Number of bytes of the character that begins with this byte. */
export function width(byte: number): number {
  if (byte < 0x80) {
    return 1;
  }
  if ((byte & 0xe0) === 0xc0) {
    return 2;
  }
  if ((byte & 0xf0) === 0xe0) {
    return 3;
  }
  return (byte & 0xf8) === 0xf0 ? 4 : 0;
}

function fetch(reader: Reader): void {
  const room = CHUNK - (reader.fetched - reader.decoded);
  if (reader.ended || room === 0) {
    return;
  }
  if (reader.fetched === reader.bytes.length) {
    reader.ended = true;
    return;
  }
  reader.fetched = Math.min(reader.fetched + room, reader.bytes.length);
}

function open(reader: Reader): void {
  while (!reader.ended && reader.fetched - reader.decoded < 3) {
    fetch(reader);
  }
  if (isByteOrderMark(reader.bytes, 0)) {
    reader.decoded = 3;
    reader.position = 3;
  }
  reader.opened = true;
}

/** Makes sure that so many characters are checked. Throws YamlError where go-yaml meets a forbidden one. */
export function need(reader: Reader, characters: number): void {
  if (reader.unread >= characters) {
    return;
  }
  if (!reader.opened) {
    open(reader);
  }
  reader.window = reader.position;
  for (let first = true; reader.unread < characters; first = false) {
    if (!first || reader.decoded === reader.fetched) {
      fetch(reader);
    }
    check(reader);
    if (reader.ended) {
      reader.unread += 1;
      break;
    }
  }
}

function check(reader: Reader): void {
  const { bytes } = reader;
  while (reader.decoded < reader.fetched) {
    const at = reader.decoded;
    const size = width(bytes[at] ?? 0);
    if (at + size > reader.fetched) {
      return;
    }
    if (isForbidden(bytes, at, size)) {
      throw new YamlError('control characters are not allowed', markAt(bytes, at));
    }
    reader.decoded += size;
    reader.unread += 1;
  }
}

// YAML 1.1: tab, line feed, carriage return, NEL and what prints, without surrogates, U+FFFE and U+FFFF.
function isForbidden(bytes: Uint8Array, at: number, size: number): boolean {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  switch (size) {
    case 1:
      return first === 0x7f || (first < 0x20 && first !== 0x09 && first !== 0x0a && first !== 0x0d);
    case 2:
      return first === 0xc2 && second < 0xa0 && second !== 0x85;
    case 3:
      return first === 0xef && second === 0xbf && (bytes[at + 2] ?? 0) >= 0xbe;
    default:
      return false;
  }
}

function markAt(bytes: Uint8Array, offset: number): Mark {
  let line = 0;
  let column = 0;
  let index = 0;
  for (let at = 0; at < offset; at += width(bytes[at] ?? 0) || 1) {
    index += 1;
    column += 1;
    if (bytes[at] === 0x0a) {
      line += 1;
      column = 0;
    }
  }
  return { index, line, column };
}

function isByteOrderMark(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}

/** True when go-yaml's buffer begins with a byte order mark, wherever in it the current character is. */
export function windowHasByteOrderMark(reader: Reader): boolean {
  return isByteOrderMark(reader.bytes, reader.window);
}

/** Passes the current character. */
export function skip(reader: Reader): void {
  reader.position += width(peek(reader));
  reader.index += 1;
  reader.column += 1;
  reader.unread -= 1;
}

/** Passes the current line break, if there is one. */
export function skipLine(reader: Reader): void {
  readLine(reader, undefined);
}

/** Passes the current character and appends its bytes. */
export function read(reader: Reader, into: number[]): void {
  for (let offset = 0, size = width(peek(reader)); offset < size; offset += 1) {
    into.push(peek(reader, offset));
  }
  skip(reader);
}

/** Passes the current line break, if there is one, and appends it: as a line feed unless it is LS or PS. */
export function readLine(reader: Reader, into: number[] | undefined): void {
  if (!isBreak(reader)) {
    return;
  }
  const first = peek(reader);
  if (first === 0xe2) {
    into?.push(first, peek(reader, 1), peek(reader, 2));
  } else {
    into?.push(0x0a);
  }
  if (first === 0x0d && peek(reader, 1) === 0x0a) {
    reader.position += 1;
    reader.index += 1;
    reader.unread -= 1;
  }
  skip(reader);
  reader.column = 0;
  reader.line += 1;
}

/** True at a space or a tab. */
export function isBlank(reader: Reader, offset = 0): boolean {
  const byte = peek(reader, offset);
  return byte === 0x20 || byte === 0x09;
}

/** True at a line break; YAML 1.1 has NEL, LS and PS among them. */
export function isBreak(reader: Reader, offset = 0): boolean {
  const byte = peek(reader, offset);
  if (byte === 0x0a || byte === 0x0d) {
    return true;
  }
  if (byte === 0xc2) {
    return peek(reader, offset + 1) === 0x85;
  }
  const last = byte === 0xe2 && peek(reader, offset + 1) === 0x80 ? peek(reader, offset + 2) : 0;
  return last === 0xa8 || last === 0xa9;
}

/** True at a line break or the end. */
export function isBreakOrEnd(reader: Reader, offset = 0): boolean {
  return peek(reader, offset) === 0 || isBreak(reader, offset);
}

/** True at a space, a tab, a line break or the end. */
export function isBlankOrEnd(reader: Reader, offset = 0): boolean {
  return isBlank(reader, offset) || isBreakOrEnd(reader, offset);
}

/** True at `---` or `...` at the start of a line. */
export function isDocumentIndicator(reader: Reader, character: number): boolean {
  return (
    reader.column === 0 &&
    peek(reader) === character &&
    peek(reader, 1) === character &&
    peek(reader, 2) === character &&
    isBlankOrEnd(reader, 3)
  );
}

/** True at a letter, a digit, `-` or `_`: what names of anchors and handles of tags are made of. */
export function isWordCharacter(reader: Reader): boolean {
  const byte = peek(reader);
  return (
    isDigit(byte) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x5f ||
    byte === 0x2d
  );
}

/** True for the byte of a decimal digit. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** The value of a hexadecimal digit's byte, or undefined. */
export function hexValue(byte: number): number | undefined {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? undefined : value;
}

/** The text of UTF-8 bytes. */
export function textOf(bytes: readonly number[]): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
