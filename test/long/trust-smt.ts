/**
 * Trust policies as assertions over strings, written from IAM's documentation and from nothing in the product: the judge
 * must not share the judged one's mistakes. A web identity has a subject and an audience; `aws:SourceVpc` may be there.
 */

export interface JudgedCondition {
  readonly set: '' | 'ForAllValues:' | 'ForAnyValue:';
  readonly operator: (typeof OPERATORS)[number];
  readonly ifExists: boolean;
  readonly key: JudgedKey;
  readonly values: readonly string[];
}

export interface JudgedStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly conditions: readonly JudgedCondition[];
}

export const OPERATORS = [
  'StringEquals',
  'StringLike',
  'StringNotEquals',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'ArnLike',
  'ArnEquals',
  'ArnNotLike',
  'Null',
] as const;

/** `other`: the subject of another issuer, which is never there. */
export type JudgedKey = 'sub' | 'aud' | 'vpc' | 'other';

export const DECLARATIONS =
  '(declare-const sub String)(declare-const aud String)(declare-const vpc String)(declare-const has_vpc Bool)';

/** True of the calls that the policy allows. */
export function policyFormula(statements: readonly JudgedStatement[]): string {
  const of = (effect: string) => statements.filter((one) => one.effect === effect).map(statementFormula);
  return `(and ${either(of('Allow'))} (not ${either(of('Deny'))}))`;
}

/** One membership for each variable: Z3 is far better at one large expression than at many small ones. */
function statementFormula({ conditions }: JudgedStatement): string {
  const claims = (['sub', 'aud'] as const).map(
    (key) => `(str.in_re ${key} ${intersection(about(conditions, key))})`,
  );
  const vpc = about(conditions, 'vpc');
  const withVpc = `(str.in_re vpc ${intersection(vpc)})`;
  const others = about(conditions, 'other').every(holdsWithoutKey);
  return `(and ${claims.join(' ')} (ite has_vpc ${withVpc} ${vpc.every(holdsWithoutKey)}) ${others})`;
}

function about(conditions: readonly JudgedCondition[], key: JudgedKey): readonly JudgedCondition[] {
  return conditions.filter((condition) => condition.key === key);
}

function holdsWithoutKey({ operator, values, set, ifExists }: JudgedCondition): boolean {
  if (operator === 'Null') return values.includes('true');
  return ifExists || set === 'ForAllValues:' || (set === '' && operator.includes('Not'));
}

/** The present values that satisfy all of the conditions. */
function intersection(conditions: readonly JudgedCondition[]): string {
  return conditions.map(present).reduce((all, one) => `(re.inter ${all} ${one})`, 're.all');
}

function present({ operator, values }: JudgedCondition): string {
  if (operator === 'Null') return values.includes('false') ? 're.all' : 're.none';
  const union = values
    .map((value) => expression(operator, value))
    .reduce((all, one) => `(re.union ${all} ${one})`, 're.none');
  return operator.includes('Not') ? `(re.comp ${union})` : union;
}

function either(formulas: readonly string[]): string {
  return `(or false ${formulas.join(' ')})`;
}

function expression(operator: string, value: string): string {
  if (operator.startsWith('Arn')) return arnExpression(value);
  if (operator.endsWith('IgnoreCase')) return concat([...value].map(anyCase));
  return concat([...value].map(operator.endsWith('Like') ? wild('re.all', 're.allchar') : literal));
}

/** Six parts; what has fewer is no ARN. */
function arnExpression(value: string): string {
  const parts = value.split(':');
  if (parts.length < 6) return 're.none';
  const head = parts.slice(0, 5).map((part) => concat([...part].map(wild(`(re.* ${NOT_COLON})`, NOT_COLON))));
  const tail = concat([...parts.slice(5).join(':')].map(wild('re.all', 're.allchar')));
  return concat([...head.flatMap((part) => [part, literal(':')]), tail]);
}

const NOT_COLON = '(re.union (re.range "\\u{0}" "9") (re.range ";" "\\u{2FFFF}"))';

function wild(many: string, one: string): (character: string) => string {
  return (character) => (character === '*' ? many : character === '?' ? one : literal(character));
}

function anyCase(character: string): string {
  return `(re.union ${literal(character.toLowerCase())} ${literal(character.toUpperCase())})`;
}

function literal(character: string): string {
  return `(str.to_re "${character}")`;
}

function concat(parts: readonly string[]): string {
  return parts.length === 0 ? '(str.to_re "")' : `(re.++ (str.to_re "") ${parts.join(' ')})`;
}
