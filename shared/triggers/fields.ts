/** Reading values that strangers wrote: any shape is possible, every text is bounded, nothing throws. */

export type Fields = Readonly<Record<string, unknown>>;

/** The longest text kept from an event, unless the caller says otherwise. */
const LONGEST = 512;

/** The most elements of a list that are looked at. */
const MOST = 100;

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
export function field(of: Fields, name: string): unknown {
  if (Object.hasOwn(of, name)) return of[name];
  const lower = name.toLowerCase();
  for (const key of Object.keys(of)) if (key.toLowerCase() === lower) return of[key];
  return undefined;
}

/** The object under a key whatever its case, or an empty one. */
export function inner(of: Fields, name: string): Fields {
  return fields(field(of, name));
}

/** The first hundred objects of a list, or none. */
export function objects(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.slice(0, MOST).filter(isFields) : [];
}

/** A text without invisible characters, cut to `longest` UTF-16 units, or undefined when it is none or empty. */
export function text(of: Fields, name: string, longest = LONGEST): string | undefined {
  const value = field(of, name);
  return typeof value === 'string' ? cleaned(value, longest) : undefined;
}

/** Like `text`, for values that CloudTrail may have taken from a URL's path as they were: `arn%3Aaws%3A…`. */
export function decodedText(of: Fields, name: string, longest = LONGEST): string | undefined {
  const value = field(of, name);
  return typeof value === 'string'
    ? cleaned(percentDecoded(value.slice(0, 3 * longest)), longest)
    : undefined;
}

/** Like `text`, for what callers and services phrase freely: what looks like a credential in it is blotted out. */
export function phrase(of: Fields, name: string, longest = LONGEST): string | undefined {
  const value = field(of, name);
  if (typeof value !== 'string') return undefined;
  return cleaned(value.slice(0, 16 * longest).replace(CREDENTIAL, '[hidden]'), longest);
}

/** Access key ids, JSON web tokens, and session tokens by the prefixes that STS gives them. */
const CREDENTIAL =
  /(?:AKIA|ASIA)[A-Z0-9]{12,}|eyJ[\w-]{8,}(?:\.[\w-]*){0,2}|(?:IQoJ|FwoG|FQoG|AQoD)[\w+/=%-]{16,}/g;

/** Percent-decoded when it is encoded, otherwise, and when the encoding is broken, as it is. */
export function percentDecoded(value: string): string {
  if (!/%[0-9a-f]{2}/i.test(value)) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function cleaned(value: string, longest: number): string | undefined {
  const clean = value.slice(0, longest).replace(INVISIBLE, '').trim();
  return clean === '' ? undefined : clean;
}
