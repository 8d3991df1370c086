import { offsetOf, offsetTree } from '../iam/parsing/locate.ts';
import { type Located, type Mapping, type Member, memberOf, type Text } from './located.ts';
import { readJson } from './read-json.ts';
import { holdsFresh, isFresh } from './unresolved.ts';

/** A policy as IAM would get it, and where its parts stand in the file. */
export interface PolicyText {
  readonly text: string;
  /** Offset in the file of what a JSON pointer of the policy names. */
  readonly placeOf: (pointer: string, at: 'key' | 'value') => number;
  /** The policy's values in the file. */
  readonly root: Located;
  /** Statements that the file leaves open as a whole: `deny` when one of them may take away. */
  readonly left: 'none' | 'allow' | 'deny';
}

/** The policy that a value of a file is, or null when the file does not tell it. */
export function policyText(node: Located): PolicyText | null {
  if (node.kind === 'text') return holdsFresh(node.value) ? textWithOpenParts(node) : wholeText(node);
  if (node.kind !== 'map') return null;
  return written(node, (pointer, at) => placeIn(node, pointer, at));
}

function wholeText(node: Text): PolicyText {
  return {
    text: node.value,
    root: node,
    left: 'none',
    placeOf: (pointer, at) => node.place(offsetOf(offsetTree(node.value), pointer, at)),
  };
}

/** The value that a text holds as JSON, in the places of the text; null for any other text. */
export function valueIn(node: Text): Located | null {
  const inner = readJson(node.value);
  return 'kind' in inner ? moved(inner, node.place) : null;
}

/** The same for a mapping; null for any other value, too. */
export function mappingIn(node: Text): Mapping | null {
  const inner = valueIn(node);
  return inner?.kind === 'map' ? inner : null;
}

/** A text with values that are open: read as the JSON that it is, so that statements can be left out. */
function textWithOpenParts(node: Text): PolicyText | null {
  const root = mappingIn(node);
  return root === null ? null : written(root, (pointer, at) => placeIn(root, pointer, at));
}

/** A value that was read out of a text, in the places of that text. */
export function moved(node: Located, place: (index: number) => number): Located {
  const at = place(node.at);
  switch (node.kind) {
    case 'text':
      return { ...node, at, place: (index) => place(node.place(index)) };
    case 'scalar':
    case 'unresolved':
      return { ...node, at };
    case 'list':
      return { ...node, at, items: node.items.map((item) => moved(item, place)) };
    case 'map':
      return movedMapping(node, place);
  }
}

function movedMapping(node: Mapping, place: (index: number) => number): Mapping {
  const members = node.members.map(({ key, keyAt, value }) => ({
    key,
    keyAt: place(keyAt),
    value: moved(value, place),
  }));
  return { kind: 'map', at: place(node.at), members };
}

function written(whole: Mapping, placeOf: PolicyText['placeOf']): PolicyText | null {
  const root = withoutOpenNames(whole);
  const key = root.members.find((member) => member.key.toLowerCase() === 'statement');
  if (root.members.some((member) => member !== key && hasOpen(member.value))) return null;
  if (key === undefined) return { text: jsonOf(root), root, left: 'none', placeOf };
  const statements = key.value.kind === 'list' ? key.value.items : [key.value];
  const kept = statements
    .map((statement, index) => ({ statement, index }))
    .filter(({ statement }) => !isOpen(statement));
  if (kept.length === 0 && statements.length > 0) return null;
  const gone = statements.filter(isOpen);
  const left = gone.length === 0 ? 'none' : gone.every(onlyAllows) ? 'allow' : 'deny';
  const isList = key.value.kind === 'list';
  const members = root.members.map(
    (member): Member =>
      member === key && isList
        ? {
            ...member,
            value: { kind: 'list', at: member.value.at, items: kept.map(({ statement }) => statement) },
          }
        : member,
  );
  const indexes = kept.map(({ index }) => index);
  return {
    text: jsonOf({ ...root, members }),
    root,
    left,
    placeOf: (pointer, at) => placeOf(inOriginal(pointer, indexes), at),
  };
}

/** A policy without the names of it and of its statements that are open: they decide nothing. */
function withoutOpenNames(policy: Mapping): Mapping {
  const isName = (member: Member, name: string) => member.key.toLowerCase() === name && hasOpen(member.value);
  const bare = (statement: Located): Located =>
    statement.kind === 'map'
      ? { ...statement, members: statement.members.filter((member) => !isName(member, 'sid')) }
      : statement;
  return {
    ...policy,
    members: policy.members
      .filter((member) => !isName(member, 'id'))
      .map((member) => {
        if (member.key.toLowerCase() !== 'statement') return member;
        const { value } = member;
        return {
          ...member,
          value: value.kind === 'list' ? { ...value, items: value.items.map(bare) } : bare(value),
        };
      }),
  };
}

/** Statements that were left out have no number in the policy that is judged. */
function inOriginal(pointer: string, indexes: readonly number[]): string {
  return pointer.replace(
    /^(\/statement\/)(\d+)/i,
    (_, path: string, index: string) => `${path}${indexes[Number(index)] ?? index}`,
  );
}

/** True for a statement in which something else than a principal or a condition's value is open. */
function isOpen(statement: Located): boolean {
  if (statement.kind === 'unresolved') return true;
  if (statement.kind === 'text') return isFresh(statement.value);
  if (statement.kind !== 'map') return false;
  return statement.members.some(({ key, value }) => {
    switch (key.toLowerCase()) {
      case 'condition':
        return (
          openBlock(value) || (value.kind === 'map' && value.members.some((one) => openBlock(one.value)))
        );
      case 'principal':
      case 'notprincipal':
        return openBlock(value) || (value.kind === 'map' && value.members.some(openService));
      default:
        return hasOpen(value);
    }
  });
}

/** Of a service the name decides everything; of roles and providers it is enough to know that they are such. */
function openService({ key, value }: Member): boolean {
  return key !== 'AWS' && key !== 'Federated' && hasOpen(value);
}

const openBlock = (node: Located): boolean =>
  node.kind === 'unresolved' || (node.kind === 'text' && isFresh(node.value));

function hasOpen(node: Located): boolean {
  if (node.kind === 'unresolved') return true;
  if (node.kind === 'text') return holdsFresh(node.value);
  return node.kind === 'list' && node.items.some(hasOpen);
}

function onlyAllows(statement: Located): boolean {
  const effect = memberOf(statement, 'Effect');
  return effect?.kind === 'text' && effect.value === 'Allow';
}

function placeIn(root: Located, pointer: string, where: 'key' | 'value'): number {
  let node: Located = root;
  let offset = root.at;
  for (const segment of pointer.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (node.kind === 'list') {
      const item: Located | undefined = node.items[Number(name)];
      if (item === undefined) return offset;
      node = item;
      offset = item.at;
    } else {
      const member: Member | undefined =
        node.kind === 'map' ? node.members.findLast(({ key }) => key === name) : undefined;
      if (member === undefined) return offset;
      node = member.value;
      offset = where === 'key' ? member.keyAt : member.value.at;
    }
  }
  return offset;
}

/** JSON text of a value, repeated members and all: what is wrong in the file stays wrong. */
export function jsonOf(node: Located): string {
  switch (node.kind) {
    case 'text':
      return JSON.stringify(node.value);
    case 'scalar':
      return JSON.stringify(node.value);
    case 'unresolved':
      return 'null';
    case 'list':
      return `[${node.items.map(jsonOf).join(',')}]`;
    case 'map':
      return `{${node.members.map(({ key, value }) => `${JSON.stringify(key)}:${jsonOf(value)}`).join(',')}}`;
  }
}
