import { comparing } from './operand.ts';

/** A range of addresses of one family: the first `prefix` bits of `bits` count. */
export interface AddressRange {
  readonly bits: bigint;
  readonly prefix: number;
  readonly length: 32 | 128;
}

/** Reads an IPv4 or IPv6 address or CIDR range; an address alone is a range of one. Null for anything else. */
export function readRange(text: string): AddressRange | null {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const v6 = address.includes(':');
  const bits = v6 ? readV6(address) : readV4(address);
  if (bits === null) return null;
  const length = v6 ? 128 : 32;
  if (slash < 0) return { bits, prefix: length, length };
  const prefix = /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : Number.NaN;
  return prefix <= length ? { bits, prefix, length } : null;
}

function readV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let bits = 0n;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function readV6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = readGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...tail];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** The 16-bit groups of one side of `::`; an IPv4 address may stand for the last two. */
function readGroups(text: string): bigint[] | null {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 && part.includes('.') ? readV4(part) : null;
    if (v4 !== null) groups.push(v4 >> 16n, v4 & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}

function within(actual: AddressRange, range: AddressRange): boolean {
  if (actual.length !== range.length || actual.prefix < range.prefix) return false;
  const ignored = BigInt(range.length - range.prefix);
  return actual.bits >> ignored === range.bits >> ignored;
}

/** IpAddress: the address lies in the range (IAM user guide, Reference: condition operators, IP address). */
export const ipAddress = comparing(readRange, within);
