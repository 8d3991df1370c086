import type { Member } from './members.ts';
import { child, kindOf, type Report } from './report.ts';

/**
 * A string or a list of strings, as IAM accepts them in most places; refuses anything else. A sound list is handed on as
 * it is: an organization has tens of thousands of documents.
 */
export function readTexts({ value, pointer }: Member, what: string, report: Report): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) {
    report.refuse(
      'wrong-type',
      pointer,
      `${what} must be a string or a list of strings, not ${kindOf(value)}.`,
    );
    return [];
  }
  const items: readonly unknown[] = value;
  if (isTexts(items)) return items;
  const texts: string[] = [];
  for (const [index, item] of items.entries()) {
    if (typeof item === 'string') texts.push(item);
    else {
      const message = `Every value of ${what} must be a string, not ${kindOf(item)}.`;
      report.refuse('wrong-type', child(pointer, index), message);
    }
  }
  return texts;
}

/** True for a list of nothing but strings. */
export function isTexts(list: readonly unknown[]): list is readonly string[] {
  for (const item of list) if (typeof item !== 'string') return false;
  return true;
}

/** The values of a member that may be one or a list of them. */
export function itemsOf({ value }: Member): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** JSON pointer of one of {@link itemsOf}. */
export function itemPointer({ value, pointer }: Member, index: number): string {
  return Array.isArray(value) ? child(pointer, index) : pointer;
}
