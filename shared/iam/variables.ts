import { type Tokens, tokenize } from './glob.ts';
import type { PolicyVersion } from './policy.ts';
import type { ContextValue } from './request.ts';

/**
 * Policy variables: `${key}` and `${key, 'default'}`, and the escapes `${*}`, `${?}`, `${$}` for characters that mean
 * something else. Only in `2012-10-17` documents; elsewhere they are plain text. (IAM user guide, Reference: variables.)
 */

export interface Variable {
  /** Lower-cased condition key. */
  readonly key: string;
  readonly fallback?: string;
}

/** A value of a policy: fixed tokens and variables, in order. */
export type Template = readonly (Tokens | Variable)[];

/** Looks up a lower-cased condition key. */
export type Context = (key: string) => ContextValue;

/** What follows `${`: one escaped character, or a key with an optional default in single quotes. */
const VARIABLE = /\$\{(?:([*?$])|([^{}'",$*?]+)(?:,\s*'([^']*)'\s*)?)\}/g;

/** Reads a value. `wildcards`: its `*` and `?` are wildcards. Anything that only resembles a variable is plain text. */
export function parseTemplate(text: string, version: PolicyVersion, wildcards: boolean): Template {
  if (version !== '2012-10-17' || !text.includes('${')) return [tokenize(text, wildcards)];
  const template: (Tokens | Variable)[] = [];
  let fixed: number[] = [];
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    fixed.push(...tokenize(text.slice(end, match.index), wildcards));
    end = match.index + match[0].length;
    const [, escaped, key, fallback] = match;
    if (escaped !== undefined) fixed.push(...tokenize(escaped, false));
    else if (key !== undefined) {
      template.push(fixed, {
        key: key.trim().toLowerCase(),
        ...(fallback === undefined ? {} : { fallback }),
      });
      fixed = [];
    }
  }
  fixed.push(...tokenize(text.slice(end), wildcards));
  template.push(fixed);
  return template;
}

/** The tokens of a template without variables, or null when it has some. */
export function fixedTokens(template: Template): Tokens | null {
  const only = template[0];
  return template.length === 1 && only !== undefined && isTokens(only) ? only : null;
}

/** True for the fixed parts of a template. */
export function isTokens(part: Tokens | Variable): part is Tokens {
  return Array.isArray(part);
}

/**
 * Puts the request's values in. `no-value`: a variable has no value and no default, so that nothing equals the text
 * (positive operators do not match, negated ones do). A key with several values cannot be used as a variable. `undecided`:
 * a value is unknown. Characters that come from the request are never wildcards.
 */
export function fill(template: Template, context: Context): Tokens | 'no-value' | 'undecided' {
  const tokens: number[] = [];
  let undecided = false;
  for (const part of template) {
    if (isTokens(part)) {
      tokens.push(...part);
      continue;
    }
    const value = context(part.key);
    if (value === 'present' || value === 'unknown') undecided = true;
    else {
      const text = (value !== 'absent' && value.length === 1 ? value[0] : undefined) ?? part.fallback;
      if (text === undefined) return 'no-value';
      tokens.push(...tokenize(text, false));
    }
  }
  return undecided ? 'undecided' : tokens;
}

/** True when the text holds something that a `2012-10-17` document reads as a variable. */
export function hasVariable(text: string): boolean {
  return text.includes('${') && text.search(VARIABLE) >= 0;
}

/** Splits tokens at the first `limit - 1` literal colons. */
export function splitAtColons(tokens: Tokens, limit: number): Tokens[] {
  const COLON = 58;
  const parts: number[][] = [[]];
  for (const token of tokens) {
    if (token === COLON && parts.length < limit) parts.push([]);
    else parts[parts.length - 1]?.push(token);
  }
  return parts;
}
