import type { ScalarNode } from './node.ts';
import { textOf, width, YamlError } from './reader.ts';

/** What a scalar is to go-yaml 2. `key` tells keys of maps apart. */
export type Resolved =
  | { readonly kind: 'null' }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number };

const LONG = 'tag:yaml.org,2002:';
const BINARY = `${LONG}binary`;
const RESOLVABLE = new Set([
  '',
  ...['str', 'bool', 'int', 'float', 'null', 'timestamp'].map((name) => LONG + name),
]);
const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const SPECIAL = new Map([
  ...['.nan', '.NaN', '.NAN'].map((text) => [text, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text) => [text, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((text) => [text, -Infinity] as const),
]);

/**
 * Resolves a scalar by YAML 1.1 as go-yaml 2 understands it: `yes` and `off` are booleans, `0123` is octal, `1_000` a
 * number, a date stays text. Throws YamlError where a tag does not fit its value.
 */
export function resolveScalar(node: ScalarNode): Resolved {
  const { tag, text, plain } = node;
  if (tag === BINARY) {
    return { kind: 'string', text: decodeBinary(node) };
  }
  if ((tag === '' && !plain) || !RESOLVABLE.has(tag) || tag === `${LONG}str`) {
    return { kind: 'string', text };
  }
  const resolved = resolvePlain(text);
  if (tag === '') {
    return resolved;
  }
  return asTagged(tag.slice(LONG.length), resolved, node);
}

function asTagged(tag: string, resolved: Resolved, { text, at }: ScalarNode): Resolved {
  switch (tag) {
    case 'null':
      if (resolved.kind === 'null') return resolved;
      break;
    case 'bool':
      if (resolved.kind === 'boolean') return resolved;
      break;
    case 'int':
      if (resolved.kind === 'integer') return resolved;
      break;
    case 'float':
      if (resolved.kind === 'float') return resolved;
      if (resolved.kind === 'integer' && resolved.value < 1n << 63n) {
        return { kind: 'float', value: Number(resolved.value) };
      }
      break;
    case 'timestamp':
      if (isTimestamp(text)) return { kind: 'string', text };
      break;
    default:
      break;
  }
  throw new YamlError(`cannot decode \`${text.slice(0, 60)}\` as a !!${tag}`, at);
}

function resolvePlain(text: string): Resolved {
  if (NULL.has(text)) {
    return { kind: 'null' };
  }
  const special = SPECIAL.get(text);
  if (special !== undefined) {
    return { kind: 'float', value: special };
  }
  if (TRUE.has(text) || FALSE.has(text)) {
    return { kind: 'boolean', value: TRUE.has(text) };
  }
  return (/^[-+.0-9]/.test(text) ? resolveNumber(text) : undefined) ?? { kind: 'string', text };
}

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

function resolveNumber(text: string): Resolved | undefined {
  // What begins with a dot is taken without regard to underscores.
  const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
  const integer = text.startsWith('.') ? undefined : (parseInteger(digits) ?? parseBinary(digits));
  if (FLOAT.test(digits) && integer === undefined) {
    const value = Number(digits);
    if (Number.isFinite(value)) {
      return { kind: 'float', value };
    }
  }
  return integer === undefined ? undefined : { kind: 'integer', value: integer };
}

const INTEGER = /^([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

// Go's strconv.ParseInt and ParseUint with base 0.
function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, sign, hexadecimal, binary, octal, decimal] = match;
  const size = BigInt(octal === undefined ? (hexadecimal ?? binary ?? decimal ?? '0') : `0o${octal}`);
  return within(sign === '-' ? -size : size, sign === '');
}

// go-yaml's own try at `0b`, which lets a sign stand behind the prefix.
function parseBinary(text: string): bigint | undefined {
  const match = /^0b([-+]?)([01]+)$/.exec(text) ?? /^(-)0b([01]+)$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const size = BigInt(`0b${match[2]}`);
  return within(match[1] === '-' ? -size : size, match[1] === '');
}

function within(value: bigint, unsigned: boolean): bigint | undefined {
  const top = unsigned ? 1n << 64n : 1n << 63n;
  return value >= -(1n << 63n) && value < top ? value : undefined;
}

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d))| +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?$/;

function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (match === null) {
    return false;
  }
  const [year, month, day, ...rest] = match.slice(1).map((part) => Number(part ?? 0));
  const [hour, minute, second, zoneHour, zoneMinute, hour2, minute2, second2] = rest;
  const leap = year !== undefined && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][(month ?? 0) - 1] ?? 0;
  const limits: readonly (readonly [number | undefined, number])[] = [
    [hour, 23],
    [minute, 59],
    [second, 59],
    [zoneHour, 24],
    [zoneMinute, 60],
    [hour2, 23],
    [minute2, 59],
    [second2, 59],
  ];
  return (day ?? 0) >= 1 && (day ?? 0) <= days && limits.every(([value, most]) => (value ?? 0) <= most);
}

function decodeBinary({ text, at }: ScalarNode): string {
  const packed = text.replaceAll(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(packed)) {
    throw new YamlError('!!binary value contains invalid base64 data', at);
  }
  return goText(Array.from(atob(packed), (character) => character.charCodeAt(0)));
}

// Go replaces each byte that is no part of a character, TextDecoder each run that began like one.
function goText(bytes: readonly number[]): string {
  const whole = textOf(bytes);
  if (!whole.includes('\uFFFD')) {
    return whole;
  }
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const size = characterAt(bytes, at);
    text += size === 0 ? '\uFFFD' : textOf(bytes.slice(at, at + size));
    at += size || 1;
  }
  return text;
}

// How many bytes the character takes, or 0 when there is none: cut off, longer than it must be, surrogate, too large.
function characterAt(bytes: readonly number[], at: number): number {
  const first = bytes[at] ?? 0;
  const size = width(first);
  let code = size === 1 ? first : first & (0xff >> (size + 1));
  for (let offset = 1; offset < size; offset += 1) {
    const next = bytes[at + offset] ?? 0;
    if ((next & 0xc0) !== 0x80) {
      return 0;
    }
    code = code * 64 + (next & 0x3f);
  }
  const least = [0, 0, 0x80, 0x800, 0x10000][size] ?? 0;
  return code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0 : size;
}
