import {
  isBlank,
  isBreak,
  isBreakOrEnd,
  isDigit,
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

/** `|` or `>` with its lines. `parent` is the column of the block that it stands in, -1 outside all. */
export function scanBlockScalar(reader: Reader, parent: number, literal: boolean): Token {
  const start = markOf(reader);
  skip(reader);
  const { chomping, increment } = scanHeader(reader, start);
  skipRestOfLine(reader, start);
  const given = increment === 0 ? 0 : Math.max(parent, 0) + increment;
  const breaks: number[] = [];
  const indent = scanBreaks(reader, given, parent, breaks, start);
  const { text, lastBreak } = scanLines(reader, indent, parent, breaks, start, literal);
  // Chomping: by default the last line break stays, with `-` none, with `+` all.
  if (chomping !== '-') {
    append(text, lastBreak);
  }
  if (chomping === '+') {
    append(text, breaks);
  }
  return { kind: 'scalar', text: textOf(text), plain: false, start, end: markOf(reader) };
}

function scanHeader(reader: Reader, start: Mark): { chomping: string; increment: number } {
  need(reader, 1);
  let chomping = scanChomping(reader);
  need(reader, 1);
  const increment = scanIncrement(reader, start);
  need(reader, 1);
  if (chomping === '' && increment > 0) {
    chomping = scanChomping(reader);
  }
  return { chomping, increment };
}

function scanChomping(reader: Reader): string {
  const character = String.fromCharCode(peek(reader));
  if (character !== '+' && character !== '-') {
    return '';
  }
  skip(reader);
  return character;
}

function scanIncrement(reader: Reader, start: Mark): number {
  const byte = peek(reader);
  if (!isDigit(byte)) {
    return 0;
  }
  if (byte === 0x30) {
    throw new YamlError('found an indentation indicator equal to 0', markOf(reader), start);
  }
  skip(reader);
  return byte - 0x30;
}

function skipRestOfLine(reader: Reader, start: Mark): void {
  need(reader, 1);
  while (isBlank(reader)) {
    skip(reader);
    need(reader, 1);
  }
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
}

function scanLines(
  reader: Reader,
  indent: number,
  parent: number,
  breaks: number[],
  start: Mark,
  literal: boolean,
): { text: number[]; lastBreak: number[] } {
  const text: number[] = [];
  let lastBreak: number[] = [];
  let afterBlank = false;
  need(reader, 1);
  while (reader.column === indent && peek(reader) !== 0) {
    const blank = isBlank(reader);
    const folds = !literal && !afterBlank && !blank && lastBreak[0] === LINE_FEED;
    if (!folds) {
      append(text, lastBreak);
    } else if (breaks.length === 0) {
      text.push(SPACE);
    }
    append(text, breaks);
    breaks.length = 0;
    afterBlank = blank;
    while (!isBreakOrEnd(reader)) {
      read(reader, text);
      need(reader, 1);
    }
    need(reader, 2);
    lastBreak = [];
    readLine(reader, lastBreak);
    scanBreaks(reader, indent, parent, breaks, start);
  }
  return { text, lastBreak };
}

function append(text: number[], more: readonly number[]): void {
  for (const byte of more) {
    text.push(byte);
  }
}

// Passes indentation and empty lines; answers the indentation, which the first line with text decides when not given.
function scanBreaks(reader: Reader, given: number, parent: number, breaks: number[], start: Mark): number {
  let widest = 0;
  for (;;) {
    need(reader, 1);
    while ((given === 0 || reader.column < given) && peek(reader) === SPACE) {
      skip(reader);
      need(reader, 1);
    }
    widest = Math.max(widest, reader.column);
    if ((given === 0 || reader.column < given) && peek(reader) === TAB) {
      throw new YamlError(
        'found a tab character where an indentation space is expected',
        markOf(reader),
        start,
      );
    }
    if (!isBreak(reader)) {
      return given === 0 ? Math.max(widest, parent + 1, 1) : given;
    }
    need(reader, 2);
    readLine(reader, breaks);
  }
}
