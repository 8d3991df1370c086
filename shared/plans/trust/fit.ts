import { canonicalJson } from '../../changes/change.ts';
import { preserveStatements } from '../../changes/trust/preserve.ts';
import { minifiedLength } from '../../iam/policy-length.ts';

interface Fields {
  readonly [key: string]: unknown;
}

/**
 * A trust policy within a quota: where a text with a statement of its own is too long, its subjects join the statement
 * of the same provider that asks for the same besides. Null when that does not make it short enough either. A statement
 * that was there and is edited stays where it is, with its Sid: it joins no other.
 */
export function fitted(before: string, after: string, quota: number): string | null {
  if (minifiedLength(after) <= quota) return after;
  const merged = mergeAdded(before, after);
  const text = merged === null ? null : preserveStatements(before, merged);
  return text !== null && minifiedLength(text) <= quota ? text : null;
}

function mergeAdded(before: string, after: string): string | null {
  const document: Fields = JSON.parse(after);
  const old = statementsOf(JSON.parse(before));
  const known = new Set(old.map(canonicalJson));
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement');
  if (key === undefined) return null;
  let statements = statementsOf(document);
  // New statements come after those that were there; whatever else differs is one of these, edited.
  const added = statements.slice(old.length).filter((one) => !known.has(canonicalJson(one)));
  for (const one of added) {
    const others = statements.filter((other) => other !== one);
    const host = others.find(
      (other) => shapeOf(other) !== null && shapeOf(other)?.rest === shapeOf(one)?.rest,
    );
    if (host !== undefined) statements = others.map((other) => (other === host ? joined(host, one) : other));
  }
  return JSON.stringify({ ...document, [key]: statements });
}

function statementsOf(document: Fields): Fields[] {
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement') ?? '';
  return [document[key] ?? []].flat().filter(isObject);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Shape {
  readonly key: string;
  readonly subjects: readonly unknown[];
  /** Everything else that the statement says. */
  readonly rest: string;
}

/** A statement as one that lists its subjects under StringEquals; null for any other. */
function shapeOf({ Sid: _, ...statement }: Fields): Shape | null {
  const condition = statement['Condition'];
  const equals = isObject(condition) ? condition['StringEquals'] : undefined;
  if (!isObject(equals)) return null;
  const keys = Object.keys(equals).filter((one) => one.toLowerCase().endsWith(':sub'));
  const [key, ...more] = keys;
  if (key === undefined || more.length > 0) return null;
  const { [key]: subjects, ...others } = equals;
  const rest = {
    ...statement,
    Condition: { ...(isObject(condition) ? condition : {}), StringEquals: others },
  };
  return { key, subjects: [subjects].flat(), rest: canonicalJson({ ...rest, key: key.toLowerCase() }) };
}

function joined(host: Fields, added: Fields): Fields {
  const [one, other] = [shapeOf(host), shapeOf(added)];
  const condition = host['Condition'];
  if (one === null || other === null || !isObject(condition) || !isObject(condition['StringEquals']))
    return host;
  const subjects = [...new Set([...one.subjects, ...other.subjects])];
  return {
    ...host,
    Condition: { ...condition, StringEquals: { ...condition['StringEquals'], [one.key]: subjects } },
  };
}
