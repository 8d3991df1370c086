import { child, quote, type Report, usualChild } from './report.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A member of an object: its value, and its pointer in the spelling of the document. */
export interface Member {
  readonly value: unknown;
  readonly pointer: string;
}

/** The members of an object under IAM's spelling of their names. */
export interface Members {
  /** In the order of the document; the object itself, where that spells its names as IAM does. */
  readonly values: JsonObject;
  /** JSON pointer of the object. */
  readonly pointer: string;
  /** Names as the document writes them, by IAM's spelling; null where that is the same throughout. */
  readonly written: ReadonlyMap<string, string> | null;
}

/** True for a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The spellings of IAM's names, by the spelling itself and by its lower-cased form. */
export type Names = ReadonlyMap<string, string>;

/** Names as IAM writes them, to be looked up in any case. */
export function names(...spelt: readonly string[]): Names {
  return new Map(spelt.flatMap((name) => [[name, name] as const, [name.toLowerCase(), name] as const]));
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
  unknown: (name: string, object: JsonObject) => string,
): Members {
  const keys = Object.keys(object);
  report.countMembers(keys.length);
  for (const key of keys) {
    if (known.get(key) !== key) return respelt(object, pointer, known, report, unknown);
  }
  return { values: object, pointer, written: null };
}

function respelt(
  object: JsonObject,
  pointer: string,
  known: Names,
  report: Report,
  unknown: (name: string, object: JsonObject) => string,
): Members {
  const values: Record<string, unknown> = {};
  const written = new Map<string, string>();
  for (const [key, value] of Object.entries(object)) {
    const at = child(pointer, key);
    const name = known.get(key.toLowerCase());
    if (name === undefined) {
      report.refuse('unknown-element', at, unknown(key, object), 'key');
      continue;
    }
    if (written.has(name)) {
      report.refuse('repeated-element', at, `${quote(key)} repeats ${name} in another spelling.`, 'key');
    } else if (name !== key) {
      report.misread('element-case', at, `IAM spells this element ${name}, not ${quote(key)}.`, 'key');
    }
    values[name] = value;
    written.set(name, key);
  }
  return { values, pointer, written };
}

/** One member by its name in IAM's spelling, or undefined. */
export function memberOf(members: Members, name: string): Member | undefined {
  const value = members.values[name];
  // JSON has no undefined: what is there is something.
  return value === undefined ? undefined : { value, pointer: pointerTo(members, name) };
}

/** JSON pointer of a member that is there. */
export function pointerTo({ pointer, written }: Members, name: string): string {
  return written === null ? usualChild(pointer, name) : child(pointer, written.get(name) ?? name);
}
