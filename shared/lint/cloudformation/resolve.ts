import { joined, slice, split } from '../joined.ts';
import {
  at as inside,
  itemsOf,
  type Located,
  memberOf,
  type Text,
  textAt,
  textOf,
  textsOf,
} from '../located.ts';
import { jsonOf, mappingIn } from '../policy-text.ts';
import { shownNames } from '../unresolved.ts';
import { referenceTo } from './reference.ts';
import type { Template } from './template.ts';

/** Functions that are nested deeper are left open: a resource may name another that names it. */
const DEEPEST = 60;

/**
 * A value with its intrinsic functions worked out (CloudFormation template reference, "Intrinsic functions"). What only
 * the stack knows is a value of its own by the name that stands in the template; `AWS::NoValue` is undefined.
 */
export function resolve(node: Located | undefined, template: Template, depth = 0): Located | undefined {
  const value = withoutFunctions(node, template, depth);
  return value?.kind === 'text' ? withDynamicReferences(value, template) : value;
}

/** What `{{resolve:…}}` stands for is read when the stack is deployed. */
function withDynamicReferences(text: Text, { values }: Template): Text {
  if (!text.value.includes('{{resolve:')) return text;
  const pieces: Text[] = [];
  let from = 0;
  for (const match of text.value.matchAll(/\{\{resolve:[^{}]*\}\}/g)) {
    const place = text.place(match.index);
    const name = shownNames(match[0], values.asked.values.keys());
    pieces.push(slice(text, from, match.index), textAt(values.value(name, place), place));
    from = match.index + match[0].length;
  }
  return joined([...pieces, slice(text, from, text.value.length)], text.at);
}

function withoutFunctions(node: Located | undefined, template: Template, depth: number): Located | undefined {
  if (node === undefined || depth > DEEPEST) return undefined;
  switch (node.kind) {
    case 'text':
    case 'scalar':
    case 'unresolved':
      return node;
    case 'list':
      return {
        ...node,
        items: node.items.flatMap((item) => resolve(item, template, depth + 1) ?? []),
      };
    case 'map': {
      const [only, ...more] = node.members;
      if (only !== undefined && more.length === 0 && (only.key === 'Ref' || only.key.startsWith('Fn::')))
        return applied(only.key, only.value, node.at, template, depth + 1);
      return {
        ...node,
        members: node.members.flatMap((member) => {
          const value = resolve(member.value, template, depth + 1);
          return value === undefined ? [] : [{ ...member, value }];
        }),
      };
    }
  }
}

function applied(
  name: string,
  argument: Located,
  at: number,
  template: Template,
  depth: number,
): Located | undefined {
  const known = (node: Located | undefined) => resolve(node, template, depth);
  switch (name) {
    case 'Ref':
      return referenceTo(textOf(argument) ?? '', undefined, at, template);
    case 'Fn::GetAtt': {
      const [id = '', ...attribute] =
        argument.kind === 'list' ? textsOf(argument) : (textOf(argument) ?? '').split('.');
      return cdkJson(id, template, known) ?? referenceTo(id, attribute.join('.'), at, template);
    }
    case 'Fn::Sub':
      return substituted(argument, at, template, depth);
    case 'Fn::Join':
      return joinedList(argument, at, known) ?? open(name, argument, at, template);
    case 'Fn::Select':
      return selected(argument, known) ?? open(name, argument, at, template);
    case 'Fn::Split':
      return pieces(argument, at, known) ?? open(name, argument, at, template);
    case 'Fn::If': {
      const branch = template.values.holds(textOf(inside(argument, 0)) ?? '', at) ? 1 : 2;
      const taken = known(inside(argument, branch));
      // Both branches stand in one place, so that what is wrong in both is one finding.
      return taken === undefined ? undefined : { ...taken, at };
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = itemsOf(argument).map((item) => textOf(known(item)));
      const found = inside(template.mappings, map ?? '', first ?? '', second ?? '');
      return found ?? open(name, argument, at, template);
    }
    case 'Fn::ToJsonString': {
      const value = known(argument);
      return value === undefined ? undefined : textAt(jsonOf(value), at);
    }
    default:
      return open(name, argument, at, template);
  }
}

type Known = (node: Located | undefined) => Located | undefined;

/** What the CDK's `CfnJson` answers: its text as JSON. The CDK writes conditions so, whose keys are tokens. */
function cdkJson(id: string, { resources }: Template, known: Known): Located | null {
  const resource = resources.get(id);
  if (resource?.type !== 'Custom::AWSCDKCfnJson') return null;
  const text = known(memberOf(resource.properties, 'Value'));
  return text?.kind === 'text' ? mappingIn(text) : null;
}

function selected(argument: Located, known: Known): Located | undefined {
  const list = known(inside(argument, 1));
  const index = known(inside(argument, 0));
  const number = index?.kind === 'scalar' || index?.kind === 'text' ? Number(index.value) : Number.NaN;
  return list?.kind === 'list' ? list.items[number] : undefined;
}

function pieces(argument: Located, at: number, known: Known): Located | undefined {
  const text = known(inside(argument, 1));
  const separator = textOf(inside(argument, 0));
  if (text?.kind !== 'text' || separator === undefined) return undefined;
  return { kind: 'list', at, items: split(text, separator) };
}

/** A value that the template does not tell: the same words, the same value. */
function open(name: string, argument: Located, at: number, { values }: Template): Text {
  const words = argument.kind === 'text' ? argument.value : jsonOf(argument).slice(0, 200);
  return textAt(values.value(`${name} ${words}`, at), at);
}

function joinedList(argument: Located, at: number, known: Known): Text | undefined {
  const separator = textOf(inside(argument, 0));
  const list = known(inside(argument, 1));
  if (separator === undefined || list?.kind !== 'list') return undefined;
  const pieces = list.items.map((item) => asText(item));
  if (pieces.some((piece) => piece === undefined)) return undefined;
  const texts = pieces.flatMap((piece, index) =>
    piece === undefined ? [] : index === 0 ? [piece] : [textAt(separator, piece.at), piece],
  );
  return joined(texts, at);
}

function asText(node: Located): Text | undefined {
  if (node.kind === 'text') return node;
  return node.kind === 'scalar' ? textAt(String(node.value), node.at) : undefined;
}

const VARIABLE = /\$\{(!?)([^}]*)\}/g;

function substituted(argument: Located, at: number, template: Template, depth: number): Located {
  const text = argument.kind === 'list' ? argument.items[0] : argument;
  const variables = argument.kind === 'list' ? argument.items[1] : undefined;
  if (text?.kind !== 'text') return open('Fn::Sub', argument, at, template);
  const pieces: Text[] = [];
  let from = 0;
  for (const match of text.value.matchAll(VARIABLE)) {
    const [whole, literal, written = ''] = match;
    const name = written.trim();
    pieces.push(slice(text, from, match.index));
    from = match.index + whole.length;
    const place = text.place(match.index);
    if (literal === '!') pieces.push(textAt(`\${${written}}`, place));
    else {
      const own = memberOf(variables, name);
      const [id = '', ...attribute] = name.split('.');
      const value =
        own === undefined
          ? referenceTo(id, attribute.length === 0 ? undefined : attribute.join('.'), place, template)
          : resolve(own, template, depth);
      const piece = value === undefined ? undefined : asText(value);
      pieces.push(
        piece === undefined ? textAt(template.values.value(name, place), place) : textAt(piece.value, place),
      );
    }
  }
  pieces.push(slice(text, from, text.value.length));
  return joined(pieces, text.at);
}
