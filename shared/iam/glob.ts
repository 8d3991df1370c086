/**
 * IAM's wildcards: `*` is any run of characters, `?` exactly one, and both cross every character, `:` and `/` included
 * (IAM user guide, Reference: condition operators, string). Characters are UTF-16 units; policies hold Latin-1 only.
 */

/** A pattern as code units, with the two wildcards below zero, so that an escaped `*` stays apart from a wildcard. */
export type Tokens = readonly number[];

/** `*` in {@link Tokens}. */
export const ANY_RUN = -1;
/** `?` in {@link Tokens}. */
export const ANY_ONE = -2;

const STAR = 42;
const QUESTION = 63;

/** Tokens of a text; with `wildcards`, its `*` and `?` are wildcards, otherwise they stand for themselves. */
export function tokenize(text: string, wildcards: boolean): number[] {
  const tokens: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (wildcards && code === STAR) tokens.push(ANY_RUN);
    else if (wildcards && code === QUESTION) tokens.push(ANY_ONE);
    else tokens.push(code);
  }
  return tokens;
}

/** The one string that the tokens match, or null when they hold a wildcard. */
export function literalOf(tokens: Tokens): string | null {
  let text = '';
  for (const token of tokens) {
    if (token < 0) return null;
    text += String.fromCharCode(token);
  }
  return text;
}

/** True when the tokens match every string, the empty one included. */
export function matchesEverything(tokens: Tokens): boolean {
  return tokens.length > 0 && tokens.every((token) => token === ANY_RUN);
}

export type StringTest = (text: string) => boolean;

/** A matcher for the tokens. Takes time proportional to pattern × text at worst, and never backtracks further than the last `*`. */
export function matcher(tokens: Tokens): StringTest {
  const literal = literalOf(tokens);
  if (literal !== null) return (text) => text === literal;
  const last = tokens.length - 1;
  if (tokens[last] === ANY_RUN) {
    const prefix = literalOf(tokens.slice(0, last));
    if (prefix !== null) return (text) => text.startsWith(prefix);
  }
  return (text) => matchTokens(tokens, text);
}

/** Compiles a pattern in one step. */
export function globMatcher(pattern: string): StringTest {
  return matcher(tokenize(pattern, true));
}

function matchTokens(tokens: Tokens, text: string): boolean {
  let at = 0;
  let position = 0;
  let starAt = -1;
  let resume = 0;
  while (position < text.length) {
    const token = tokens[at];
    if (token === ANY_ONE || (token !== undefined && token === text.charCodeAt(position))) {
      at++;
      position++;
    } else if (token === ANY_RUN) {
      starAt = at++;
      resume = position;
    } else if (starAt >= 0) {
      at = starAt + 1;
      position = ++resume;
    } else return false;
  }
  while (tokens[at] === ANY_RUN) at++;
  return at === tokens.length;
}
