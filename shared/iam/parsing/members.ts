import { child, quote, type Report } from './report.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A member of an object: its value, and its pointer in the spelling of the document. */
export interface Member {
  readonly value: unknown;
  readonly pointer: string;
}

/** True for a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The spellings of IAM's names by their lower-cased form. */
export type Names = ReadonlyMap<string, string>;

/** Names as IAM writes them, to be looked up in any case. */
export function names(...spelt: readonly string[]): Names {
  return new Map(spelt.map((name) => [name.toLowerCase(), name]));
}

/**
 * The members of an object by their names in IAM's spelling. Names in another case are accepted and remarked, since
 * IAM's grammar knows one spelling and stored documents show that others slip through; unknown names are refused.
 */
export function readMembers(
  object: JsonObject,
  pointer: string,
  known: Names,
  report: Report,
  unknown: (name: string) => string,
): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  const keys = Object.keys(object);
  report.countMembers(keys.length);
  for (const key of keys) {
    const at = child(pointer, key);
    const name = known.get(key.toLowerCase());
    if (name === undefined) {
      report.refuse('unknown-element', at, unknown(key), 'key');
      continue;
    }
    if (members.has(name)) {
      report.refuse('repeated-element', at, `${quote(key)} repeats ${name} in another spelling.`, 'key');
    } else if (name !== key) {
      report.misread('element-case', at, `IAM spells this element ${name}, not ${quote(key)}.`, 'key');
    }
    members.set(name, { value: object[key], pointer: at });
  }
  return members;
}
