/** Reading values that strangers wrote: any shape is possible, every text is bounded, nothing throws. */

export type Fields = Readonly<Record<string, unknown>>;

/** The longest text kept from an event, unless the caller says otherwise. */
const LONGEST = 512;

/** C0 and C1 controls, line separators, and the marks that reorder what is shown around them. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The value as an object, or an empty one. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** True for a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a key whatever its case: IAM's records spell `openIDConnectProviderArn` in more than one way. */
function field(of: Fields, name: string): unknown {
  if (Object.hasOwn(of, name)) return of[name];
  const lower = name.toLowerCase();
  for (const key of Object.keys(of)) if (key.toLowerCase() === lower) return of[key];
  return undefined;
}

/** A text without invisible characters, cut to `longest` UTF-16 units, or undefined when it is none or empty. */
export function text(of: Fields, name: string, longest = LONGEST): string | undefined {
  const value = field(of, name);
  if (typeof value !== 'string') return undefined;
  const clean = value.slice(0, longest).replace(INVISIBLE, '').trim();
  return clean === '' ? undefined : clean;
}
