import { comparing } from './operand.ts';

/** The W3C profile of ISO 8601: a year, a month, a day, or a day with a time and its zone. */
const ISO =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?([Zz]|[+-]\d{2}:?\d{2})?)?)?)?$/;
const EPOCH_SECONDS = /^\d{1,19}$/;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Milliseconds since 1970, or null. Digits alone are epoch seconds, so a bare year needs no reading of its own. */
export function readDate(text: string): number | null {
  if (EPOCH_SECONDS.test(text)) return Number(text) * SECOND;
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year, month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] =
    match;
  const midnight = calendarDay(Number(year), Number(month), Number(day));
  if (midnight === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const time = Number(hour) * 60 * MINUTE + Number(minute) * MINUTE + Number(second) * SECOND;
  return midnight + time + Number(`0.${fraction || '0'}`) * SECOND - offsetOf(zone);
}

function calendarDay(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}

function offsetOf(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE;
}

/** DateEquals and the orders over it (IAM user guide, Reference: condition operators, date). */
export const dateEquals = comparing(readDate, (actual, operand) => actual === operand);
export const dateLessThan = comparing(readDate, (actual, operand) => actual < operand);
export const dateLessThanEquals = comparing(readDate, (actual, operand) => actual <= operand);
export const dateGreaterThan = comparing(readDate, (actual, operand) => actual > operand);
export const dateGreaterThanEquals = comparing(readDate, (actual, operand) => actual >= operand);
