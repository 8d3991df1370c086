import { stripVTControlCharacters } from 'node:util';

/** Control, bidirectional-override and other invisible characters: names come from strangers. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** Text that is safe on a terminal: no escapes, no control characters, no direction overrides, bounded in length. */
export function plain(text: string, limit = 4000): string {
  const safe = stripVTControlCharacters(text)
    .replace(/[\t\r\n]+/g, ' ')
    .replace(UNSAFE, '\u{FFFD}');
  return safe.length <= limit ? safe : `${safe.slice(0, limit - 1)}…`;
}

/** The same for text of several lines: line breaks stay. */
export function plainLines(text: string, limit = 20_000): string {
  return text
    .slice(0, limit)
    .split(/\r?\n/)
    .map((line) => line.replace(/^[ \t]+|(?:)/, (indent) => indent.replace(/\t/g, '  ')))
    .map((line) => stripVTControlCharacters(line).replace(UNSAFE, '\u{FFFD}'))
    .join('\n');
}
