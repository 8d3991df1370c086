import { comparing } from './operand.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The bytes that a base64 text stands for, in a form that compares by equality: padding aside, the text itself. */
export function readBase64(text: string): string | null {
  const digits = text.replace(/=+$/, '');
  if (!BASE64.test(text) || digits.length % 4 === 1) return null;
  if (text !== digits && text.length % 4 !== 0) return null;
  return digits;
}

/** BinaryEquals: byte for byte, both sides in base64 (IAM user guide, Reference: condition operators, binary). */
export const binaryEquals = comparing(readBase64, (actual, operand) => actual === operand);
