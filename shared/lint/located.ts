/** A document as it stands in a file: every value knows where it was written. Offsets are in UTF-16 units, from 0. */

export type Located = Text | Scalar | List | Mapping | Unresolved;

export interface Text {
  readonly kind: 'text';
  readonly value: string;
  readonly at: number;
  /** Offset in the file of the character at an index of the value. */
  readonly place: (index: number) => number;
}

interface Scalar {
  readonly kind: 'scalar';
  readonly value: number | boolean | null;
  readonly at: number;
}

interface List {
  readonly kind: 'list';
  readonly items: readonly Located[];
  readonly at: number;
}

export interface Mapping {
  readonly kind: 'map';
  readonly members: readonly Member[];
  readonly at: number;
}

export interface Member {
  readonly key: string;
  readonly keyAt: number;
  readonly value: Located;
}

/** A value that the file does not tell. */
interface Unresolved {
  readonly kind: 'unresolved';
  readonly why: string;
  readonly at: number;
}

/** A text that stands in the file as it is, or that has no place of its own but its beginning. */
export function textAt(value: string, at: number, place: (index: number) => number = () => at): Text {
  return { kind: 'text', value, at, place };
}

/** The value of a member; of repeated members, the last, as readers of JSON and YAML take it. */
export function memberOf(node: Located | undefined, key: string): Located | undefined {
  return node?.kind === 'map' ? node.members.findLast((member) => member.key === key)?.value : undefined;
}

/** The value at a path of member names and list indexes. */
export function at(node: Located | undefined, ...path: readonly (string | number)[]): Located | undefined {
  let here = node;
  for (const step of path) {
    if (here === undefined) return undefined;
    if (typeof step === 'string') here = memberOf(here, step);
    else here = here.kind === 'list' ? here.items[step] : undefined;
  }
  return here;
}

/** A text, or undefined for everything else. */
export function textOf(node: Located | undefined): string | undefined {
  return node?.kind === 'text' ? node.value : undefined;
}

/** The texts of a list, or of one text that stands for a list of one. */
export function textsOf(node: Located | undefined): string[] {
  const items = node?.kind === 'list' ? node.items : node === undefined ? [] : [node];
  return items.flatMap((item) => (item.kind === 'text' ? [item.value] : []));
}

/** True or false as written, also as a text: templates quote them. */
export function booleanOf(node: Located | undefined): boolean | undefined {
  if (node?.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  if (node?.kind === 'text' && /^(true|false)$/i.test(node.value)) return /^t/i.test(node.value);
  return undefined;
}

/** Items of a list; a single value counts as none. */
export function itemsOf(node: Located | undefined): readonly Located[] {
  return node?.kind === 'list' ? node.items : [];
}

/** Members of a mapping. */
export function membersOf(node: Located | undefined): readonly Member[] {
  return node?.kind === 'map' ? node.members : [];
}

/** Every value in a document, depth first. */
export function* walk(node: Located): Generator<Located> {
  yield node;
  if (node.kind === 'list') for (const item of node.items) yield* walk(item);
  if (node.kind === 'map') for (const { value } of node.members) yield* walk(value);
}
