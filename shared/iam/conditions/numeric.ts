import { comparing } from './operand.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

function readNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null;
}

/** NumericEquals and the orders over it, for integers and decimals (IAM user guide, Reference: condition operators, numeric). */
export const numericEquals = comparing(readNumber, (actual, operand) => actual === operand);
export const numericLessThan = comparing(readNumber, (actual, operand) => actual < operand);
export const numericLessThanEquals = comparing(readNumber, (actual, operand) => actual <= operand);
export const numericGreaterThan = comparing(readNumber, (actual, operand) => actual > operand);
export const numericGreaterThanEquals = comparing(readNumber, (actual, operand) => actual >= operand);

/** True for what the numeric operators can read. */
export function isNumber(text: string): boolean {
  return readNumber(text) !== null;
}
