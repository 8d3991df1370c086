import { findDuplicates } from './parsing/duplicates.ts';
import { offsetTree } from './parsing/locate.ts';

/**
 * Whether two texts are spellings of one policy document. IAM may give a document back otherwise than it took it: other
 * white space, a list of one as the one, lists of strings in another order. None of that means anything (IAM user guide,
 * grammar of the IAM JSON policy language). Statements keep their order here, and a member that stands twice makes a
 * text equal to itself alone.
 */
export function sameDocument(one: string, other: string): boolean {
  if (one === other) return true;
  const [first, second] = [normalized(one), normalized(other)];
  return first !== null && first === second;
}

function normalized(text: string): string | null {
  const tree = offsetTree(text);
  if (tree === null || findDuplicates(tree).length > 0) return null;
  try {
    return JSON.stringify(plain(JSON.parse(text)));
  } catch {
    return null;
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return ofList(value.map(plain));
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [key, plain(member)]);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function ofList(items: readonly unknown[]): unknown {
  if (items.length === 1) return items[0];
  return items.every((item) => typeof item === 'string') ? [...new Set(items)].sort() : items;
}
