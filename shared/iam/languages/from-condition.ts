import type { Pattern, StringSet } from '../admitted-types.ts';
import { ARN_PARTS } from '../arn.ts';
import { ANY_ONE, ANY_RUN, literalOf, matchesEverything, type Tokens } from '../glob.ts';
import type { Condition, Operator, PolicyVersion } from '../policy.ts';
import { fixedTokens, parseTemplate, splitAtColons } from '../variables.ts';
import { EVERY_STRING, NO_STRING } from './sets.ts';

/** What a condition asks of its key, as a set of strings, and whether a request without the key satisfies it. */
export interface ConditionSet {
  readonly set: StringSet;
  readonly absent: boolean;
}

/**
 * The set of single values that satisfy a condition, or null where no set of strings says it: numbers, dates, addresses,
 * policy variables, a lone `*` under an Arn operator. (IAM user guide, Reference: condition operators.)
 */
export function conditionSet(condition: Condition, version: PolicyVersion): ConditionSet | null {
  const { operator, values } = condition;
  if (operator.name === 'Null') return presenceSet(values);
  const form = FORMS.get(operator.name);
  if (form === undefined) return null;
  const patterns = patternsOf(values, version, form);
  if (patterns === null) return null;
  const set = form.negated ? { ...EVERY_STRING, exclude: patterns } : { include: patterns, exclude: [] };
  return { set, absent: holdsWithoutKey(operator, form.negated) };
}

/** Whether a request that lacks the key satisfies the operator. */
export function holdsWithoutKey(operator: Operator, negated: boolean): boolean {
  if (operator.ifExists || operator.set === 'ForAllValues') return true;
  return operator.set === undefined && negated;
}

interface Form {
  readonly wildcards: boolean;
  readonly ignoreCase: boolean;
  readonly arn: boolean;
  readonly negated: boolean;
}

const EQUALS: Form = { wildcards: false, ignoreCase: false, arn: false, negated: false };
const IGNORE_CASE: Form = { ...EQUALS, ignoreCase: true };
const LIKE: Form = { ...EQUALS, wildcards: true };
const ARN: Form = { ...LIKE, arn: true };
const not = (form: Form): Form => ({ ...form, negated: true });

const FORMS: ReadonlyMap<string, Form> = new Map([
  ['StringEquals', EQUALS],
  ['StringNotEquals', not(EQUALS)],
  ['StringEqualsIgnoreCase', IGNORE_CASE],
  ['StringNotEqualsIgnoreCase', not(IGNORE_CASE)],
  ['StringLike', LIKE],
  ['StringNotLike', not(LIKE)],
  ['ArnEquals', ARN],
  ['ArnLike', ARN],
  ['ArnNotEquals', not(ARN)],
  ['ArnNotLike', not(ARN)],
]);

function presenceSet(values: readonly string[]): ConditionSet {
  const wanted = values.map((value) => value.toLowerCase());
  return { set: wanted.includes('false') ? EVERY_STRING : NO_STRING, absent: wanted.includes('true') };
}

function patternsOf(values: readonly string[], version: PolicyVersion, form: Form): Pattern[] | null {
  const patterns: Pattern[] = [];
  for (const value of values) {
    const tokens = fixedTokens(parseTemplate(value, version, form.wildcards));
    if (tokens === null || (form.arn && matchesEverything(tokens))) return null;
    if (form.arn && splitAtColons(tokens, ARN_PARTS).length < ARN_PARTS) continue;
    patterns.push(patternOf(tokens, form));
  }
  return patterns;
}

function patternOf(tokens: Tokens, { ignoreCase, arn }: Form): Pattern {
  const exact = literalOf(tokens);
  if (exact !== null) return { text: exact, literal: true, ignoreCase };
  const text = tokens.map(characterOf).join('');
  const literalAt = tokens.flatMap((token, index) => (token === STAR || token === QUESTION ? [index] : []));
  return {
    text,
    literal: false,
    ignoreCase,
    ...(arn ? { arn: true as const } : {}),
    ...(literalAt.length === 0 ? {} : { literalAt }),
  };
}

const STAR = 42;
const QUESTION = 63;

function characterOf(token: number): string {
  if (token === ANY_RUN) return '*';
  return token === ANY_ONE ? '?' : String.fromCharCode(token);
}
