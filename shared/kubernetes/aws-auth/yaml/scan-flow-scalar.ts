import {
  hexValue,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isDocumentIndicator,
  type Mark,
  markOf,
  need,
  peek,
  type Reader,
  read,
  readLine,
  skip,
  skipLine,
  textOf,
  YamlError,
} from './reader.ts';
import type { Token } from './token.ts';

const SPACE = 0x20;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const COLON = 0x3a;
const SINGLE_QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ENDS_IN_FLOW = new Set([...',?[]{}'].map((character) => character.charCodeAt(0)));

/** Blanks and line breaks between two words, which become one space, or line breaks, or stay. */
interface Gap {
  broken: boolean;
  blanks: number[];
  firstBreak: number[];
  moreBreaks: number[];
}

function newGap(): Gap {
  return { broken: false, blanks: [], firstBreak: [], moreBreaks: [] };
}

function scanGap(reader: Reader, gap: Gap, checkBlank?: () => void): void {
  need(reader, 1);
  while (isBlank(reader) || isBreak(reader)) {
    if (isBlank(reader)) {
      checkBlank?.();
      if (gap.broken) {
        skip(reader);
      } else {
        read(reader, gap.blanks);
      }
    } else {
      need(reader, 2);
      if (gap.broken) {
        readLine(reader, gap.moreBreaks);
      } else {
        gap.blanks = [];
        readLine(reader, gap.firstBreak);
        gap.broken = true;
      }
    }
    need(reader, 1);
  }
}

function joinGap(gap: Gap, into: number[]): void {
  const folded = gap.broken && gap.firstBreak[0] === LINE_FEED;
  if (folded && gap.moreBreaks.length === 0) {
    into.push(SPACE);
    return;
  }
  for (const part of [gap.broken ? [] : gap.blanks, folded ? [] : gap.firstBreak, gap.moreBreaks]) {
    for (const byte of part) {
      into.push(byte);
    }
  }
}

/** A scalar without quotes. `parent` is the column of the block around it; across lines a key may follow it. */
export function scanPlainScalar(
  reader: Reader,
  parent: number,
  inFlow: boolean,
): { token: Token; acrossLines: boolean } {
  const start = markOf(reader);
  const text: number[] = [];
  let end = start;
  let gap = newGap();
  for (;;) {
    need(reader, 4);
    if (isDocumentIndicator(reader, 0x2d) || isDocumentIndicator(reader, 0x2e) || peek(reader) === 0x23) {
      break;
    }
    while (!isBlankOrEnd(reader) && !endsPlainScalar(reader, inFlow)) {
      joinGap(gap, text);
      gap = newGap();
      read(reader, text);
      end = markOf(reader);
      need(reader, 2);
    }
    if (!isBlank(reader) && !isBreak(reader)) {
      break;
    }
    scanGap(reader, gap, () => {
      if (gap.broken && reader.column <= parent && peek(reader) === TAB) {
        throw new YamlError('found a tab character that violates indentation', markOf(reader), start);
      }
    });
    if (!inFlow && reader.column <= parent) {
      break;
    }
  }
  return { token: { kind: 'scalar', text: textOf(text), plain: true, start, end }, acrossLines: gap.broken };
}

function endsPlainScalar(reader: Reader, inFlow: boolean): boolean {
  const byte = peek(reader);
  return (byte === COLON && isBlankOrEnd(reader, 1)) || (inFlow && ENDS_IN_FLOW.has(byte));
}

/** A scalar in single or double quotes. */
export function scanQuotedScalar(reader: Reader, single: boolean): Token {
  const quote = single ? SINGLE_QUOTE : DOUBLE_QUOTE;
  const start = markOf(reader);
  const text: number[] = [];
  skip(reader);
  for (;;) {
    need(reader, 4);
    if (isDocumentIndicator(reader, 0x2d) || isDocumentIndicator(reader, 0x2e)) {
      throw new YamlError('found unexpected document indicator', markOf(reader), start);
    }
    if (peek(reader) === 0) {
      throw new YamlError('found unexpected end of stream', markOf(reader), start);
    }
    const gap = newGap();
    gap.broken = scanQuotedWord(reader, quote, text, start);
    need(reader, 1);
    if (peek(reader) === quote) {
      break;
    }
    scanGap(reader, gap);
    joinGap(gap, text);
  }
  skip(reader);
  return { kind: 'scalar', text: textOf(text), plain: false, start, end: markOf(reader) };
}

// Answers true when the word ended with an escaped line break.
function scanQuotedWord(reader: Reader, quote: number, text: number[], start: Mark): boolean {
  while (!isBlankOrEnd(reader)) {
    const byte = peek(reader);
    if (byte === quote) {
      if (quote === DOUBLE_QUOTE || peek(reader, 1) !== SINGLE_QUOTE) {
        return false;
      }
      text.push(SINGLE_QUOTE);
      skip(reader);
      skip(reader);
    } else if (byte === BACKSLASH && quote === DOUBLE_QUOTE) {
      if (isBreak(reader, 1)) {
        need(reader, 3);
        skip(reader);
        skipLine(reader);
        return true;
      }
      scanEscape(reader, text, start);
    } else {
      read(reader, text);
    }
    need(reader, 2);
  }
  return false;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function scanEscape(reader: Reader, text: number[], start: Mark): void {
  const name = String.fromCharCode(peek(reader, 1));
  const simple = Object.hasOwn(ESCAPES, name) ? ESCAPES[name] : undefined;
  const digits = Object.hasOwn(HEX_DIGITS, name) ? HEX_DIGITS[name] : undefined;
  if (simple === undefined && digits === undefined) {
    throw new YamlError('found unknown escape character', markOf(reader), start);
  }
  skip(reader);
  skip(reader);
  const escaped = simple ?? String.fromCodePoint(scanCodePoint(reader, digits ?? 0, start));
  text.push(...new TextEncoder().encode(escaped));
}

function scanCodePoint(reader: Reader, digits: number, start: Mark): number {
  need(reader, digits);
  let value = 0;
  for (let offset = 0; offset < digits; offset += 1) {
    const digit = hexValue(peek(reader, offset));
    if (digit === undefined) {
      throw new YamlError('did not find expected hexdecimal number', markOf(reader), start);
    }
    value = value * 16 + digit;
  }
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
    throw new YamlError('found invalid Unicode character escape code', markOf(reader), start);
  }
  for (let offset = 0; offset < digits; offset += 1) {
    skip(reader);
  }
  return value;
}
