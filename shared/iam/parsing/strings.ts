import type { Member } from './members.ts';
import { child, kindOf, type Report } from './report.ts';

/** A string of the document with its pointer. */
export interface Text {
  readonly text: string;
  readonly pointer: string;
}

/** A string or a list of strings, as IAM accepts them in most places; refuses anything else. */
export function readTexts(member: Member, what: string, report: Report): Text[] {
  const { value, pointer } = member;
  if (typeof value === 'string') return [{ text: value, pointer }];
  if (!Array.isArray(value)) {
    report.refuse(
      'wrong-type',
      pointer,
      `${what} must be a string or a list of strings, not ${kindOf(value)}.`,
    );
    return [];
  }
  const texts: Text[] = [];
  for (const [index, item] of value.entries()) {
    const at = child(pointer, index);
    if (typeof item === 'string') texts.push({ text: item, pointer: at });
    else report.refuse('wrong-type', at, `Every value of ${what} must be a string, not ${kindOf(item)}.`);
  }
  return texts;
}
