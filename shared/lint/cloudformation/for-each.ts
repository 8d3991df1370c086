import { joined, slice } from '../joined.ts';
import {
  itemsOf,
  type Located,
  type Member,
  memberOf,
  membersOf,
  type Text,
  textAt,
  textOf,
  textsOf,
} from '../located.ts';
import type { Values } from '../unresolved.ts';

/** What a loop needs to know of its template. */
interface Around {
  readonly values: Values;
  readonly parameters: Located | undefined;
}

/**
 * A part of a template with its loops written out (CloudFormation template reference, "Fn::ForEach"). Over a list that the
 * template does not tell, a loop is gone through once, for a value that is left open.
 */
export function loopsWrittenOut(node: Located, around: Around): Located {
  if (node.kind === 'list')
    return { ...node, items: node.items.map((item) => loopsWrittenOut(item, around)) };
  if (node.kind !== 'map') return node;
  const members = node.members.flatMap((member): Member[] => {
    const loop = /^Fn::ForEach::/.test(member.key) ? rounds(member, around) : null;
    return loop ?? [{ ...member, value: loopsWrittenOut(member.value, around) }];
  });
  return { ...node, members };
}

/** Members of all rounds of a loop; null for what is no loop. */
function rounds({ key, value }: Member, around: Around): Member[] | null {
  const [identifier, collection, body] = itemsOf(value);
  const name = textOf(identifier);
  if (name === undefined || collection === undefined || body?.kind !== 'map') return null;
  return elements(collection, `${name} of ${key}`, around).flatMap((element) => [
    ...membersOf(loopsWrittenOut(filledIn(body, name, element), around)),
  ]);
}

function elements(collection: Located, name: string, { values, parameters }: Around): string[] {
  const items = itemsOf(collection);
  if (collection.kind === 'list' && items.every((item) => item.kind === 'text')) return textsOf(collection);
  const parameter = memberOf(parameters, textOf(memberOf(collection, 'Ref')) ?? '');
  const candidates = textsOf(memberOf(parameter, 'Default')).flatMap((list) => list.split(/\s*,\s*/));
  return [values.value(name, collection.at, candidates)];
}

/** A round's body: `${Name}` and `Ref: Name` are the element, `&{Name}` its letters and digits. */
function filledIn(node: Located, name: string, element: string): Located {
  switch (node.kind) {
    case 'text':
      return replaced(node, name, element);
    case 'list':
      return { ...node, items: node.items.map((item) => filledIn(item, name, element)) };
    case 'map': {
      const [only, ...more] = node.members;
      if (only?.key === 'Ref' && more.length === 0 && textOf(only.value) === name)
        return textAt(element, node.at);
      const members = node.members.map((member) => ({
        ...member,
        key: replaced(textAt(member.key, member.keyAt), name, element).value,
        value: filledIn(member.value, name, element),
      }));
      return { ...node, members };
    }
    default:
      return node;
  }
}

function replaced(text: Text, name: string, element: string): Text {
  const pieces: Text[] = [];
  let from = 0;
  for (const match of text.value.matchAll(/([$&])\{(\w+)\}/g)) {
    if (match[2] !== name) continue;
    const value = match[1] === '&' ? element.replace(/[^A-Za-z0-9]/g, '') : element;
    pieces.push(slice(text, from, match.index), textAt(value, text.place(match.index)));
    from = match.index + match[0].length;
  }
  return from === 0 ? text : joined([...pieces, slice(text, from, text.value.length)], text.at);
}
