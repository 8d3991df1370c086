import { readDate } from '../conditions/date.ts';
import { type AddressRange, readRange } from '../conditions/ip-address.ts';
import { isNumber } from '../conditions/numeric.ts';
import type { Condition, OperatorName } from '../policy.ts';

/** What a test reads values as; `constant` where the value does not matter. */
export type Family = 'string' | 'number' | 'date' | 'address' | 'boolean' | 'constant';

/** The family of an operator. */
export function familyOf(name: OperatorName): Family {
  if (name.startsWith('Numeric')) return 'number';
  if (name.startsWith('Date')) return 'date';
  if (name.endsWith('IpAddress')) return 'address';
  return name === 'Bool' ? 'boolean' : 'string';
}

/** Values on both sides of every threshold of the condition: with those of all conditions on a key they meet every case. */
export function samplesOf(condition: Condition): readonly string[] {
  switch (familyOf(condition.operator.name)) {
    case 'number':
      return around(condition.values.filter(isNumber).map(Number), 1).map(String);
    case 'date':
      return around(
        condition.values.map(readDate).filter((time) => time !== null),
        1000,
      ).flatMap(isoTime);
    case 'address':
      return condition.values.map(readRange).flatMap((range) => (range === null ? [] : edges(range)));
    case 'boolean':
      return ['true', 'false'];
    case 'string':
    case 'constant':
      return [];
  }
}

/** Samples of all tests of one family on a key, with what lies between their thresholds. */
export function completeSamples(family: Family, samples: readonly string[]): readonly string[] {
  if (family === 'address') return [...new Set([...samples, '203.0.113.7', '2001:db8::7'])];
  if (family === 'number') return spread(samples.map(Number)).map(String);
  if (family === 'date') return spread(samples.map((sample) => readDate(sample) ?? 0)).flatMap(isoTime);
  return [...new Set(samples)];
}

function around(thresholds: readonly number[], step: number): number[] {
  return thresholds.flatMap((threshold) => [threshold, threshold - step, threshold + step]);
}

/** Each number and the middle between it and the next. */
function spread(numbers: readonly number[]): number[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const middles = sorted.slice(1).map((number, index) => (number + (sorted[index] ?? number)) / 2);
  return [...new Set([...sorted, ...middles])];
}

function isoTime(time: number): string[] {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0
    ? []
    : [date.toISOString()];
}

/** First and last address of the range and their neighbours outside. */
function edges({ bits, prefix, length }: AddressRange): string[] {
  const free = BigInt(length - prefix);
  const first = (bits >> free) << free;
  const last = first + (1n << free) - 1n;
  const end = (1n << BigInt(length)) - 1n;
  return [first, last, first - 1n, last + 1n]
    .filter((address) => address >= 0n && address <= end)
    .map((address) => (length === 32 ? v4(address) : v6(address)));
}

function v4(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
}

function v6(bits: bigint): string {
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) =>
    ((bits >> shift) & 0xffffn).toString(16),
  );
  return groups.join(':');
}
