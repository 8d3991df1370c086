/**
 * EventBridge event patterns (EventBridge user guide, "Creating Amazon EventBridge event patterns"): every field of the
 * pattern must be in the event; the values of one field are alternatives, compared as JSON values; an array in the event
 * matches when any element does.
 */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A pattern that EventBridge would refuse. */
export class EventPatternError extends Error {
  override readonly name = 'EventPatternError';
}

/** Whether an event matches a pattern. Throws EventPatternError for an operator that EventBridge does not know. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) throw new EventPatternError('A pattern is a JSON object.');
  return Object.entries(pattern).every(([key, wanted]) =>
    key === '$or'
      ? matchesAny(wanted, event)
      : matchesField(wanted, isObject(event) ? event[key] : undefined),
  );
}

function matchesAny(alternatives: unknown, event: unknown): boolean {
  if (!Array.isArray(alternatives) || alternatives.length < 2)
    throw new EventPatternError('"$or" takes a list of at least two patterns.');
  return alternatives.some((each) => matchesPattern(each, event));
}

function matchesField(wanted: unknown, actual: unknown): boolean {
  if (isObject(wanted)) {
    if (Array.isArray(actual)) return actual.some((element) => matchesPattern(wanted, element));
    return matchesPattern(wanted, actual);
  }
  if (!Array.isArray(wanted) || wanted.length === 0)
    throw new EventPatternError('A field of a pattern is a list of alternatives or a nested pattern.');
  const values = Array.isArray(actual) ? actual : [actual];
  // An empty list has no value that could match, but it is there.
  if (values.length === 0) return wanted.some((each) => isObject(each) && each['exists'] === true);
  return wanted.some((each) => values.some((value) => matchesValue(each, value)));
}

function matchesValue(wanted: unknown, actual: unknown): boolean {
  if (!isObject(wanted)) return actual !== undefined && wanted === actual;
  const [operator, ...more] = Object.keys(wanted);
  if (operator === undefined || more.length > 0)
    throw new EventPatternError('A comparison has exactly one operator.');
  const compare = OPERATORS[operator];
  if (compare === undefined)
    throw new EventPatternError(`"${operator}" is not an operator that this matcher knows.`);
  return compare(wanted[operator], actual);
}

const OPERATORS: Readonly<Record<string, (operand: unknown, actual: unknown) => boolean>> = {
  // Only leaves exist: an object is not a value.
  exists: (operand, actual) => operand === (actual !== undefined && !isObject(actual)),
  prefix: (operand, actual) => compareText(operand, actual, (a, b) => a.startsWith(b)),
  suffix: (operand, actual) => compareText(operand, actual, (a, b) => a.endsWith(b)),
  'equals-ignore-case': (operand, actual) =>
    typeof actual === 'string' &&
    typeof operand === 'string' &&
    actual.toLowerCase() === operand.toLowerCase(),
  wildcard: (operand, actual) => matchesWildcard(String(operand), actual),
  numeric: (operand, actual) => matchesNumbers(operand, actual),
  'anything-but': (operand, actual) => {
    if (actual === undefined) return false;
    const excluded = Array.isArray(operand) ? operand : [operand];
    return !excluded.some((each) => matchesValue(each, actual));
  },
};

/** `prefix` and `suffix` take a text, or `{"equals-ignore-case": text}`. */
function compareText(operand: unknown, actual: unknown, test: (a: string, b: string) => boolean): boolean {
  if (typeof actual !== 'string') return false;
  if (typeof operand === 'string') return test(actual, operand);
  const relaxed = isObject(operand) ? operand['equals-ignore-case'] : undefined;
  if (typeof relaxed !== 'string') throw new EventPatternError('"prefix" and "suffix" take a text.');
  return test(actual.toLowerCase(), relaxed.toLowerCase());
}

function matchesWildcard(pattern: string, actual: unknown): boolean {
  if (typeof actual !== 'string') return false;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(actual);
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function matchesNumbers(operand: unknown, actual: unknown): boolean {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 !== 0)
    throw new EventPatternError('"numeric" takes pairs of a comparison and a number.');
  if (typeof actual !== 'number') return false;
  for (let at = 0; at < operand.length; at += 2) {
    const compare = COMPARISONS[String(operand[at])];
    const bound: unknown = operand[at + 1];
    if (compare === undefined || typeof bound !== 'number')
      throw new EventPatternError('"numeric" takes pairs of a comparison and a number.');
    if (!compare(actual, bound)) return false;
  }
  return true;
}

function isObject(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
