/** Everything that could end the script element, begin another or a comment, or is a line end to older readers. */
const ENDS = /[<>&\u2028\u2029]/g;

/** Control, direction-override and other invisible characters but tab and line feed, which policies have; kept apart from joiners of emoji. */
const INVISIBLE = /(?![\t\n\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;

/**
 * A value as JSON for an inert script element of HTML: no character in it is markup (HTML standard, script data state),
 * and no text in it steers the direction of reading: such characters become U+FFFD, so that a reader sees them.
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? item.replace(INVISIBLE, '\u{FFFD}') : item,
  ).replace(ENDS, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Text between tags or in a quoted attribute. */
export function escapedHtml(text: string): string {
  return text.replace(INVISIBLE, '\u{FFFD}').replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
