const MARK = '...';

/**
 * A text of 1 to `most` bytes in UTF-8 (`most` is at least 8), without control characters; the end of a longer one is
 * left out. Bytes, because some services count them where their documentation says characters.
 */
export function limited(text: string, most: number): string {
  const clean =
    text
      .toWellFormed()
      .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
      .trim() || '-';
  const whole = beginning(clean, most);
  return whole === clean ? clean : `${beginning(clean, most - MARK.length)}${MARK}`;
}

/** As many whole characters as fit. */
function beginning(text: string, most: number): string {
  let end = 0;
  let bytes = 0;
  for (const character of text) {
    bytes += sizeOf(character);
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function sizeOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
