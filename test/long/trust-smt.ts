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

/** A call as one text: its subject, its audience, and whether it has a VPC and which. */
export const DECLARATIONS = '(declare-const call String)';

/** Between the parts of a call; no policy has it, and any other character that none has would do. */
const SEPARATOR = '(str.to_re "\\u{1f}")';
/** Any text of a part. */
export const ANY = '(re.* (re.union (re.range "\\u{0}" "\\u{1e}") (re.range " " "\\u{2FFFF}")))';
const NO_VPC = '(str.to_re "0")';
const withVpc = (vpc: string): string => `(re.++ (str.to_re "1") ${vpc})`;

interface Calls {
  /** Expressions of the parts; any text unless told. */
  readonly sub?: string;
  readonly aud?: string;
  /** False: without a VPC; an expression: with one of these. */
  readonly vpc?: false | string;
}

/** The calls whose parts are of expressions. */
export function callsOf({ sub = ANY, aud = ANY, vpc }: Calls): string {
  if (vpc === false) return calls(sub, aud, NO_VPC);
  return calls(sub, aud, vpc === undefined ? `(re.union ${NO_VPC} ${withVpc(ANY)})` : withVpc(vpc));
}

const calls = (sub: string, aud: string, vpc: string): string =>
  `(re.++ ${sub} ${SEPARATOR} ${aud} ${SEPARATOR} ${vpc})`;

/** The calls that one of some expressions has. */
export function anyOf(expressions: readonly string[]): string {
  return expressions.reduce((all, one) => `(re.union ${all} ${one})`, 're.none');
}

/** One of some texts. */
export const textsOf = (texts: readonly string[]): string =>
  anyOf(texts.map((text) => concat([...text].map(literal))));

/** Asks whether a call is of all the first expressions and of none of the others. */
export function question(all: readonly string[], none: readonly string[]): string {
  const outside = none.map((one) => `(re.comp ${one})`);
  return `(assert (str.in_re call ${[...all, ...outside].reduce((both, one) => `(re.inter ${both} ${one})`)}))`;
}

/**
 * The calls that the policy allows, as one expression: Z3 decides one large membership at once, and is lost in many
 * small ones that hang together by and, or and not.
 */
export function policyExpression(statements: readonly JudgedStatement[]): string {
  const of = (effect: string) =>
    anyOf(statements.filter((one) => one.effect === effect).map(statementExpression));
  return `(re.inter ${of('Allow')} (re.comp ${of('Deny')}))`;
}

function statementExpression({ conditions }: JudgedStatement): string {
  if (!about(conditions, 'other').every(holdsWithoutKey)) return 're.none';
  const vpc = about(conditions, 'vpc');
  const present = withVpc(intersection(vpc));
  return calls(
    intersection(about(conditions, 'sub')),
    intersection(about(conditions, 'aud')),
    vpc.every(holdsWithoutKey) ? `(re.union ${NO_VPC} ${present})` : present,
  );
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
  return conditions.map(present).reduce((all, one) => `(re.inter ${all} ${one})`, ANY);
}

function present({ operator, values }: JudgedCondition): string {
  if (operator === 'Null') return values.includes('false') ? 're.all' : 're.none';
  const union = anyOf(values.map((value) => expression(operator, value)));
  return operator.includes('Not') ? `(re.comp ${union})` : union;
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
