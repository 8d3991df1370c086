import { quote } from './parsing/report.ts';
import type { Condition, PatternElement, PrincipalElement } from './policy.ts';
import type { Caller, ContextValue, Mismatch } from './request.ts';

/** Most values of a list that a sentence names. */
const MOST_NAMED = 5;

/**
 * Says what first kept a statement from applying, with what it wants and what the request has, one sentence without a
 * full stop, for example: the condition wants aws:SourceAccount to equal "111122223333" (StringEquals); the request has
 * "444455556666". Texts of the document are quoted and bounded.
 */
export function describeMismatch(mismatch: Mismatch): string {
  switch (mismatch.part) {
    case 'principal':
      return `the principal must be ${principals(mismatch.expected)}; the caller is ${caller(mismatch.actual)}`;
    case 'action':
      return `the statement covers ${patterns(mismatch.expected, 'the action')}; the request is ${quoted(mismatch.actual)}`;
    case 'resource':
      return `the statement covers ${patterns(mismatch.expected, 'the resource')}; the request is for ${quoted(mismatch.actual)}`;
    case 'condition':
      return `the condition wants ${wish(mismatch.condition)}; ${found(mismatch.condition.key, mismatch.actual)}`;
  }
}

function principals(element: PrincipalElement | undefined): string {
  if (element === undefined) return 'another one';
  const named = list(
    element.entries.map(({ kind, value }) => `${kind} ${quote(value)}`),
    'or',
  );
  if (element.entries.length === 0) return element.negated ? 'anyone' : 'nobody (none is named)';
  return element.negated ? `anyone but ${named}` : named;
}

function caller(actual: Caller | undefined): string {
  if (actual === undefined) return 'someone else';
  if (actual.kind === 'federated') return `a web identity of ${quote(actual.provider)}`;
  return actual.kind === 'service' ? `the service ${quote(actual.service)}` : quote(actual.arn);
}

function patterns(element: PatternElement | undefined, what: string): string {
  if (element === undefined) return `another ${what.replace('the ', '')}`;
  const named = list(element.patterns.map(quote), 'or');
  return element.negated ? `everything but ${named}` : named;
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'one that is not known' : quote(text);
}

/** What a condition asks for, and its operator as written. */
function wish({ operator, key: spelt, values }: Condition): string {
  const key = plain(spelt);
  const written = `(${operator.written})`;
  if (operator.name === 'Null') {
    const absent = values.some((value) => value.toLowerCase() === 'true');
    return `${key} to be ${absent ? 'absent' : 'present'} ${written}`;
  }
  const subject =
    operator.set === 'ForAllValues'
      ? `every value of ${key}`
      : operator.set === 'ForAnyValue'
        ? `some value of ${key}`
        : key;
  const operands = values.length === 0 ? 'any of no values' : alternatives(values, isNegated(operator.name));
  return `${subject} ${RELATIONS[relationOf(operator.name)]} ${operands}${operator.ifExists ? ' where it exists' : ''} ${written}`;
}

function alternatives(values: readonly string[], negated: boolean): string {
  const named = list(values.map(quote), 'or');
  if (values.length === 1) return named;
  return negated ? `any of ${named}` : `one of ${named}`;
}

const RELATIONS = {
  equal: 'to be',
  differ: 'not to be',
  match: 'to match',
  differMatch: 'not to match',
  below: 'to be below',
  atMost: 'to be at most',
  above: 'to be above',
  atLeast: 'to be at least',
  within: 'to lie in',
  outside: 'to lie outside',
} as const;

function isNegated(name: string): boolean {
  return name.includes('Not');
}

function relationOf(name: string): keyof typeof RELATIONS {
  const negated = isNegated(name);
  if (name.endsWith('IpAddress')) return negated ? 'outside' : 'within';
  if (name.startsWith('Arn') || name.endsWith('Like')) return negated ? 'differMatch' : 'match';
  if (name.endsWith('LessThan')) return 'below';
  if (name.endsWith('LessThanEquals')) return 'atMost';
  if (name.endsWith('GreaterThan')) return 'above';
  if (name.endsWith('GreaterThanEquals')) return 'atLeast';
  return negated ? 'differ' : 'equal';
}

/** What the request has: the token for its claims, the request for everything else. */
function found(key: string, actual: ContextValue): string {
  const bearer = isClaim(key) ? 'the token' : 'the request';
  if (actual === 'absent' || actual.length === 0) return `${bearer} does not carry it`;
  if (actual === 'present') return `${bearer} carries it with a value that is not known`;
  if (actual === 'unknown') return `what ${bearer} carries there is not known`;
  return `${bearer} has ${list(actual.map(quote), 'and')}`;
}

/** A condition key as it is, or quoted when it holds more than letters, digits and punctuation. */
function plain(key: string): string {
  return /^[\x21-\x7E]{1,300}$/.test(key) ? key : quote(key);
}

/** Claims of a web identity are keys under an issuer's host. */
function isClaim(key: string): boolean {
  return /^[^:/]+\.[^:]+:(?:sub|aud|amr|azp|oaud|email)$/i.test(key);
}

function list(items: readonly string[], word: 'and' | 'or'): string {
  if (items.length <= 1) return items.join('');
  const named = items.slice(0, MOST_NAMED);
  if (named.length < items.length) return `${named.join(', ')} ${word} ${items.length - named.length} more`;
  return `${named.slice(0, -1).join(', ')} ${word} ${named.at(-1)}`;
}
