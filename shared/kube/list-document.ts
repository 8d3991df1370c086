/** A list of Kubernetes, taken apart without parsing it as a whole. */
interface ListDocument<T> {
  /** The items, each parsed when it is asked for. Undefined when there is no list of them. Iterating throws SyntaxError. */
  readonly items: Iterable<T> | undefined;
  /** Every other member, parsed. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/**
 * Takes the bytes of a list apart: one item is parsed at a time, so that a page of large objects stands in memory neither
 * as one text nor as a tree of objects. Throws SyntaxError for what is no JSON object.
 */
export function listDocument<T>(bytes: Buffer): ListDocument<T> {
  const rest: Record<string, unknown> = {};
  let items: Iterable<T> | undefined;
  let at = expected(bytes, skipSpace(bytes, 0), OPEN_OBJECT);
  while (bytes[at] !== CLOSE_OBJECT) {
    const key = parsed(bytes, at, valueEnd(bytes, at));
    at = expected(bytes, skipSpace(bytes, valueEnd(bytes, at)), COLON);
    const end = valueEnd(bytes, at);
    if (key === 'items' && bytes[at] === OPEN_ARRAY) items = elements(bytes, at);
    else if (key !== 'items') rest[String(key)] = parsed(bytes, at, end);
    at = afterComma(bytes, end, CLOSE_OBJECT);
  }
  return { items, rest };
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** UTF-8 has these bytes nowhere but where JSON has the signs. */
const parsed = (bytes: Buffer, from: number, to: number) => JSON.parse(bytes.toString('utf8', from, to));

function* elements<T>(bytes: Buffer, open: number): Generator<T> {
  let at = skipSpace(bytes, open + 1);
  while (bytes[at] !== CLOSE_ARRAY) {
    const end = valueEnd(bytes, at);
    yield parsed(bytes, at, end);
    at = afterComma(bytes, end, CLOSE_ARRAY);
  }
}

/** Where the next member or element begins, or the closing sign is. */
function afterComma(bytes: Buffer, end: number, close: number): number {
  const at = skipSpace(bytes, end);
  return bytes[at] === close ? at : expected(bytes, at, COMMA);
}

function expected(bytes: Buffer, at: number, sign: number): number {
  if (bytes[at] !== sign) throw new SyntaxError(`no ${String.fromCharCode(sign)} at ${at}`);
  return skipSpace(bytes, at + 1);
}

const SPACE = new Set([0x20, 0x0a, 0x0d, 0x09]);

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (SPACE.has(bytes[at] ?? 0)) at += 1;
  return at;
}

/** The end of the value that begins here: of a string or a container by its signs, of anything else at the next sign. */
function valueEnd(bytes: Buffer, from: number): number {
  const first = bytes[from];
  if (first === QUOTE) return stringEnd(bytes, from) + 1;
  if (first === OPEN_ARRAY || first === OPEN_OBJECT) return containerEnd(bytes, from);
  const length = bytes.subarray(from).findIndex((sign) => ENDING.has(sign));
  if (length === -1) throw new SyntaxError('the text ends too early');
  return from + length;
}

const ENDING: ReadonlySet<number> = new Set([COMMA, COLON, CLOSE_ARRAY, CLOSE_OBJECT]);

function containerEnd(bytes: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const sign = bytes[at];
    if (sign === QUOTE) at = stringEnd(bytes, at);
    else if (sign === OPEN_ARRAY || sign === OPEN_OBJECT) depth += 1;
    else if (sign === CLOSE_ARRAY || sign === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new SyntaxError('the text ends too early');
}

/** Position of the quotation mark that ends the string that begins here. */
function stringEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let escapes = at;
    while (bytes[escapes - 1] === BACKSLASH) escapes -= 1;
    if ((at - escapes) % 2 === 0) return at;
  }
  throw new SyntaxError('a string does not end');
}
