import { comparing } from './operand.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A base64 text with its padding, or null for anything else: equal bytes are equal texts. */
export function readBase64(text: string): string | null {
  return BASE64.test(text) ? text : null;
}

/** BinaryEquals: byte for byte, both sides in base64 (IAM user guide, Reference: condition operators, binary). */
export const binaryEquals = comparing(readBase64, (actual, operand) => actual === operand);
