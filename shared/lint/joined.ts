import type { Text } from './located.ts';

/** One text out of several, in which each character keeps the place of the piece that it comes from. */
export function joined(pieces: readonly Text[], at: number): Text {
  const starts: { readonly from: number; readonly piece: Text }[] = [];
  let length = 0;
  for (const piece of pieces) {
    starts.push({ from: length, piece });
    length += piece.value.length;
  }
  return {
    kind: 'text',
    value: pieces.map(({ value }) => value).join(''),
    at,
    place: (index) => {
      const start = starts.findLast(({ from }) => from <= index);
      return start === undefined ? at : start.piece.place(index - start.from);
    },
  };
}

/** A part of a text, in its place. */
export function slice(text: Text, from: number, to: number): Text {
  return {
    kind: 'text',
    value: text.value.slice(from, to),
    at: text.place(from),
    place: (index) => text.place(from + index),
  };
}

/** The pieces between separators. */
export function split(text: Text, separator: string): Text[] {
  if (separator === '') return [text];
  const pieces: Text[] = [];
  let from = 0;
  for (let to = text.value.indexOf(separator); to >= 0; to = text.value.indexOf(separator, from)) {
    pieces.push(slice(text, from, to));
    from = to + separator.length;
  }
  return [...pieces, slice(text, from, text.value.length)];
}
