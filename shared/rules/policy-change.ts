import { applyEdits, findNodeAtLocation, type JSONPath, modify, parseTree } from 'jsonc-parser';
import type { RoleView } from '../estate/estate.ts';
import type { Condition, Statement } from '../iam/policy.ts';
import { prettyPolicy } from '../identity/policy-edit.ts';

/** A trust policy before and after a repair, both laid out alike. */
export interface PolicyChange {
  readonly before: string;
  readonly after: string;
}

const FORMAT = { formattingOptions: { tabSize: 2, insertSpaces: true, eol: '\n' } };

/** Sets or, with `undefined`, removes one value of a policy text; the rest keeps its text. Null when there is no such place. */
function setAt(text: string, pointer: string, value: unknown): string | null {
  const path = pathOf(text, pointer);
  if (path === null) return null;
  try {
    return applyEdits(text, modify(text, path, value, FORMAT));
  } catch {
    return null;
  }
}

/** Requires one of some values of a condition key in each of the statements; nothing when that does not fit the document. */
export function withCondition(
  role: RoleView,
  statements: readonly Statement[],
  operator: string,
  key: string,
  values: readonly string[],
): Partial<PolicyChange> {
  if (values.length === 0) return {};
  return change(role, (text) => {
    let result: string | null = text;
    for (const { pointer } of statements) {
      const place = `${pointer}/Condition/${operator}/${escaped(key)}`;
      if (result !== null) result = setAt(result, place, values.length === 1 ? values[0] : values);
    }
    return result;
  });
}

/** Replaces conditions by one that names the values; the last of each operator takes the operator with it. */
export function withConditionsReplaced(
  role: RoleView,
  replaced: readonly { readonly statement: Statement; readonly conditions: readonly Condition[] }[],
  operator: string,
  key: string,
  values: readonly string[],
): Partial<PolicyChange> {
  if (values.length === 0) return {};
  return change(role, (text) => {
    let result: string | null = text;
    for (const { statement, conditions } of replaced) {
      for (const condition of conditions) result = result && removeCondition(result, condition.pointer);
      const place = `${statement.pointer}/Condition/${operator}/${escaped(key)}`;
      result = result && setAt(result, place, values.length === 1 ? values[0] : values);
    }
    return result;
  });
}

/** Moves conditions under the same operator without IfExists and without a set operator: a key that is missing meets none. */
export function withoutLeniency(role: RoleView, conditions: readonly Condition[]): Partial<PolicyChange> {
  return change(role, (text) => {
    let result: string | null = text;
    for (const { pointer, operator, key, values } of conditions) {
      const statement = pointer.split('/').slice(0, -3).join('/');
      const place = `${statement}/Condition/${operator.name}/${escaped(key)}`;
      if (result === null || holds(result, place)) return null;
      result = removeCondition(result, pointer);
      result = result && setAt(result, place, values.length === 1 ? values[0] : values);
    }
    return result;
  });
}

function holds(text: string, pointer: string): boolean {
  const [root, path] = [parseTree(text), pathOf(text, pointer)];
  return root !== undefined && path !== null && findNodeAtLocation(root, path) !== undefined;
}

/** Takes principals out of a policy. Nothing when a statement would be left without one: IAM refuses that. */
export function withoutPrincipals(role: RoleView, values: ReadonlySet<string>): Partial<PolicyChange> {
  return change(role, (text) => {
    let result: string | null = text;
    for (const statement of [...(role.trust().policy?.statements ?? [])].reverse()) {
      if (result === null) return null;
      const entries = statement.principal?.entries ?? [];
      const rest = entries.filter(({ value }) => !values.has(value));
      if (rest.length === entries.length) continue;
      if (statement.principal?.negated) return null;
      result =
        rest.length === 0
          ? setAt(result, statement.pointer, undefined)
          : dropEntries(result, statement, values);
    }
    return result === null || statementsIn(result) === 0 ? null : result;
  });
}

function dropEntries(text: string, statement: Statement, values: ReadonlySet<string>): string | null {
  const kept = new Map<string, string[]>();
  for (const { kind, value } of statement.principal?.entries ?? []) {
    if (!values.has(value)) kept.set(kind, [...(kept.get(kind) ?? []), value]);
  }
  const principal = Object.fromEntries(
    [...kept].map(([kind, list]) => [kind, list.length === 1 ? list[0] : list]),
  );
  return setAt(text, statement.principal?.pointer ?? '', principal);
}

function change(role: RoleView, edit: (text: string) => string | null): Partial<PolicyChange> {
  const before = prettyPolicy(role.trust().text);
  const after = edit(before);
  return after === null || after === before ? {} : { before, after: prettyPolicy(after) };
}

function removeCondition(text: string, pointer: string): string | null {
  const result = setAt(text, pointer, undefined);
  const operator = pointer.slice(0, pointer.lastIndexOf('/'));
  if (result === null) return null;
  const root = parseTree(result);
  const path = pathOf(result, operator);
  const node = root && path ? findNodeAtLocation(root, path) : undefined;
  return node?.type === 'object' && (node.children ?? []).length === 0
    ? setAt(result, operator, undefined)
    : result;
}

function statementsIn(text: string): number {
  const root = parseTree(text);
  const list = root?.children?.find(
    ({ children }) => String(children?.[0]?.value).toLowerCase() === 'statement',
  );
  const node = list?.children?.[1];
  return node?.type === 'array' ? (node.children ?? []).length : node === undefined ? 0 : 1;
}

/** Segments of a JSON pointer; digits are positions where the document holds a list. */
function pathOf(text: string, pointer: string): JSONPath | null {
  const root = parseTree(text);
  if (root === undefined || !pointer.startsWith('/')) return null;
  const path: JSONPath = [];
  for (const part of pointer.slice(1).split('/')) {
    const segment = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const here = path.length === 0 ? root : findNodeAtLocation(root, path);
    path.push(here?.type === 'array' ? Number(segment) : segment);
  }
  return path;
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
