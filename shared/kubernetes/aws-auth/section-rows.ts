import type { AwsAuthPlace, AwsAuthRow, WrittenField } from './parsed.ts';
import type { AwsAuthProblem } from './problem.ts';
import type { Entry, Value } from './yaml/value.ts';

// The authenticator turns YAML into JSON with its keys sorted, and that into Go structures with encoding/json: keys in
// any case, null changes nothing, a wrong type leaves the field as it was and the rest is still read.

type Field = 'arn' | 'username' | 'groups' | 'userid';

/** The field's name in each section. */
export const ARN_FIELD = { mapRoles: 'rolearn', mapUsers: 'userarn' } as const;

interface Draft {
  arn: string;
  username: string;
  userid: string;
  groups: GoSlice;
}

interface GoSlice {
  length: number;
  backing: string[];
}

export interface SectionRows {
  readonly rows: readonly AwsAuthRow[];
  readonly problems: readonly AwsAuthProblem[];
}

/** Reads the rows of mapRoles or mapUsers from the decoded list. */
export function readRows(section: 'mapRoles' | 'mapUsers', items: readonly Value[]): SectionRows {
  const problems: AwsAuthProblem[] = [];
  const rows = items.map((item, index) => readRow(section, item, index, problems));
  return { rows, problems };
}

function readRow(
  section: 'mapRoles' | 'mapUsers',
  item: Value,
  index: number,
  problems: AwsAuthProblem[],
): AwsAuthRow {
  const place = { ...placeOf(section, item), row: index };
  if (item.kind !== 'mapping' || item.entries.length === 0) {
    const found = item.kind === 'mapping' ? 'an empty mapping' : nameOf(item);
    problems.push({ kind: 'not-a-row', effect: item.kind === 'null' ? 'none' : 'row-lost', found, ...place });
    return { ...placeOf(section, item), section, index, written: [], arn: '', username: '', groups: [] };
  }
  const draft: Draft = { arn: '', username: '', userid: '', groups: { length: 0, backing: [] } };
  const seen = new Map<string, number>();
  for (const entry of item.entries.toSorted(byKey)) {
    const field = fieldOf(section, entry.key);
    if (field === undefined) {
      continue;
    }
    seen.set(field, (seen.get(field) ?? 0) + entry.times);
    readField(section, field, entry, draft, index, problems);
  }
  for (const [field, times] of seen) {
    if (times > 1) {
      const key = field === 'arn' ? ARN_FIELD[section] : field;
      problems.push({ kind: 'repeated-key', effect: 'row-altered', key, ...place });
    }
  }
  const groups = Array.from({ length: draft.groups.length }, (_, at) => draft.groups.backing[at] ?? '');
  const { arn, username } = draft;
  return {
    ...placeOf(section, item),
    section,
    index,
    written: item.entries.map(writtenField),
    arn,
    username,
    groups,
  };
}

// Code units, as Go sorts bytes; keys that name one field are ASCII, or have ſ behind it in both.
function byKey(left: Entry, right: Entry): number {
  return left.key < right.key ? -1 : Number(left.key > right.key);
}

/** The field that a key names, in any case; encoding/json also takes ſ for s. */
export function fieldOf(section: 'mapRoles' | 'mapUsers', key: string): Field | undefined {
  const folded = key.replaceAll('ſ', 's').replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (folded === ARN_FIELD[section]) {
    return 'arn';
  }
  return folded === 'username' || folded === 'groups' || folded === 'userid' ? folded : undefined;
}

function readField(
  section: 'mapRoles' | 'mapUsers',
  field: Field,
  { key, value }: Entry,
  draft: Draft,
  row: number,
  problems: AwsAuthProblem[],
): void {
  const place = { ...placeOf(section, value), row };
  if (field === 'groups') {
    readGroups(value, draft, key, place, problems);
  } else if (value.kind === 'string') {
    draft[field] = value.text;
  } else if (value.kind !== 'null') {
    const effect = field === 'arn' ? 'row-lost' : 'row-altered';
    problems.push({ kind: 'wrong-type', effect, key, found: nameOf(value), wanted: 'text', ...place });
  }
}

// A second list is written over the first, so that a null in it keeps what stood there.
function readGroups(
  value: Value,
  draft: Draft,
  key: string,
  place: AwsAuthPlace & { row: number },
  problems: AwsAuthProblem[],
): void {
  if (value.kind === 'null') {
    draft.groups = { length: 0, backing: [] };
    return;
  }
  if (value.kind !== 'sequence') {
    problems.push({
      kind: 'wrong-type',
      effect: 'row-altered',
      key,
      found: nameOf(value),
      wanted: 'a list',
      ...place,
    });
    return;
  }
  if (value.items.length === 0) {
    draft.groups = { length: 0, backing: [] };
  }
  draft.groups.length = value.items.length;
  for (const [at, item] of value.items.entries()) {
    if (item.kind === 'string') {
      draft.groups.backing[at] = item.text;
    } else {
      draft.groups.backing[at] ??= '';
      const { line, column } = placeOf(place.section, item);
      problems.push({
        kind: 'wrong-group',
        effect: 'row-altered',
        found: nameOf(item),
        ...place,
        line,
        column,
      });
    }
  }
}

/** Where a value stands, for people: counted from 1. */
export function placeOf<S extends AwsAuthPlace['section']>(
  section: S,
  { at }: Pick<Value, 'at'>,
): AwsAuthPlace & { readonly section: S } {
  return { section, line: at.line + 1, column: at.column + 1 };
}

/** What a value is, in words, with the text of a scalar. */
export function nameOf(value: Value): string {
  switch (value.kind) {
    case 'null':
      return 'nothing';
    case 'string':
      return `the text ${JSON.stringify(value.text.slice(0, 60))}`;
    case 'boolean':
      return `a boolean (${value.raw})`;
    case 'number':
      return `a number (${value.raw.slice(0, 60)})`;
    case 'sequence':
      return 'a list';
    case 'mapping':
      return 'a mapping';
  }
}

function writtenField({ key, at, value }: Entry): WrittenField {
  const text = value.kind === 'sequence' ? value.items.map(rawText) : rawText(value);
  return { key, value: text, line: at.line + 1, column: at.column + 1 };
}

function rawText(value: Value): string {
  switch (value.kind) {
    case 'string':
      return value.text;
    case 'null':
    case 'boolean':
    case 'number':
      return value.raw;
    case 'sequence':
      return '[…]';
    case 'mapping':
      return '{…}';
  }
}
