/** Identifiers in the shapes of AWS, the same in every run of the same steps. */
export interface Ids {
  /** `AROA…`, `AIDA…`, `ANPA…`, `ASIA…`: prefix and 17 base-32 characters. */
  readonly unique: (prefix: string) => string;
  readonly hex: (length: number) => string;
  /** Letters and digits, as in `a-…` ids of associations. */
  readonly token: (length: number) => string;
  readonly uuid: () => string;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';

/** A generator of ids from a seed (mulberry32: small, and no id here needs to be hard to guess). */
export function createIds(seed = 1): Ids {
  let state = seed >>> 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const from = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
  const hex = (length: number): string => from(HEX, length);
  return {
    unique: (prefix) => prefix + from(BASE32, 17),
    hex,
    token: (length) => from(ALPHANUMERIC, length),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
