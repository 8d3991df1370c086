import type { Node, ParseError } from 'jsonc-parser';
import { printParseErrorCode } from 'jsonc-parser';
import { offsetTree } from '../iam/parsing/locate.ts';
import type { Located, Member } from './located.ts';
import { DEEPEST, type SourceProblem, tooMuch } from './source-problem.ts';
import { quotedPlaces } from './text-places.ts';

/** Reads a JSON text with the place of every value. */
export function readJson(text: string): Located | SourceProblem {
  const errors: ParseError[] = [];
  const bare = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
  const tree = offsetTree(bare, errors);
  if (tree === null && errors.length === 0 && bare.trim() !== '')
    return tooMuch(0, `It is nested more than ${DEEPEST} levels deep`);
  const [first] = errors;
  if (first !== undefined || tree === null) {
    const reason = first === undefined ? 'it is empty' : words(first);
    return { offset: first?.offset ?? 0, message: `It is not JSON: ${reason}. Correct it at this place.` };
  }
  return located(tree, bare);
}

function words(error: ParseError): string {
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function located(node: Node, text: string): Located {
  const { offset, length } = node;
  switch (node.type) {
    case 'object':
      return {
        kind: 'map',
        at: offset,
        members: (node.children ?? []).flatMap((property) => memberOf(property, text)),
      };
    case 'array':
      return { kind: 'list', at: offset, items: (node.children ?? []).map((item) => located(item, text)) };
    case 'string': {
      let places: ((index: number) => number) | undefined;
      return {
        kind: 'text',
        value: String(node.value),
        at: offset,
        place: (index) => {
          places ??= quotedPlaces(text.slice(offset, offset + length), offset);
          return places(index);
        },
      };
    }
    default:
      return { kind: 'scalar', value: scalarOf(node.value), at: offset };
  }
}

function scalarOf(value: unknown): number | boolean | null {
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function memberOf(property: Node, text: string): Member[] {
  const [key, value] = property.children ?? [];
  if (key === undefined || value === undefined) return [];
  return [{ key: String(key.value), keyAt: key.offset, value: located(value, text) }];
}
