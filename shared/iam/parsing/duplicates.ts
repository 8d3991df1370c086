import type { Node } from 'jsonc-parser';
import { endOfString, keyOf } from './locate.ts';
import { child } from './report.ts';

/** Number of members of all objects of a JSON text, repeated ones included. Linear, and much cheaper than a tree. */
export function countMembers(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start >= 0; ) {
    let next = endOfString(text, start) + 1;
    start = text.indexOf('"', next);
    while (next < text.length && text.charCodeAt(next) <= 32) next++;
    if (text[next] === ':') count++;
  }
  return count;
}

/** A member of which only the last occurrence counts. */
export interface Duplicate {
  readonly key: string;
  readonly pointer: string;
  /** Of the first occurrence, the one that is lost. */
  readonly offset: number;
}

/** Members that an object holds more than once. */
export function findDuplicates(node: Node, pointer = ''): Duplicate[] {
  const duplicates: Duplicate[] = [];
  const seen = new Map<string, number>();
  for (const [index, member] of (node.children ?? []).entries()) {
    const isProperty = member.type === 'property';
    const at = child(pointer, isProperty ? keyOf(member) : index);
    const first = isProperty ? seen.get(keyOf(member)) : undefined;
    if (first !== undefined) duplicates.push({ key: keyOf(member), pointer: at, offset: first });
    if (isProperty) seen.set(keyOf(member), first ?? member.offset);
    const value = isProperty ? member.children?.[1] : member;
    if (value !== undefined) duplicates.push(...findDuplicates(value, at));
  }
  return duplicates;
}
