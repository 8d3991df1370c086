/** Control, direction-override and other invisible characters: names come from strangers, and reports go to terminals. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** One line of text in which nothing steers a terminal or turns the direction of reading; line breaks become spaces. */
export function neutral(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(UNSAFE, '\u{FFFD}');
}

/** A JSON document in which such characters stand as escapes, so that it says the same and prints harmlessly. */
export function neutralJson(document: unknown): string {
  const text = JSON.stringify(document, null, 2).replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, escaped);
  return `${text}\n`;
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
