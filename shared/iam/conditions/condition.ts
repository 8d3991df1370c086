import { membership } from '../membership.ts';
import type { Condition, Operator, PolicyVersion } from '../policy.ts';
import type { ContextValue } from '../request.ts';
import { every, known, not, some, type Tri } from '../tri.ts';
import type { Context } from '../variables.ts';
import { readBoolean } from './bool.ts';
import type { Operand } from './operand.ts';
import { OPERATORS } from './operators.ts';

/** One operator and key, compiled. */
export interface CompiledCondition {
  readonly condition: Condition;
  /** Lower-cased: condition keys are case-insensitive. */
  readonly key: string;
  /** Whether the condition holds for a value of its key; `context` serves the variables. */
  readonly test: (value: ContextValue, context: Context) => Tri;
}

/** Whether one value of the request matches one of the condition's values. */
type ValueTest = (actual: string, context: Context) => Tri;

/** Compiles a condition, when it is first asked; never throws. */
export function compileCondition(condition: Condition, version: PolicyVersion): CompiledCondition {
  let test: CompiledCondition['test'] | undefined;
  return {
    condition,
    key: condition.key.toLowerCase(),
    test: (value, context) => {
      test ??= compileTest(condition, version);
      return test(value, context);
    },
  };
}

function compileTest(condition: Condition, version: PolicyVersion): CompiledCondition['test'] {
  const operator = OPERATORS[condition.operator.name];
  if (operator.kind === 'presence') return compileNull(condition.values);
  const operands = condition.values.map((value) => operator.operand(value, version));
  return quantify(condition.operator, operator.negated, operands);
}

/** Null: `true` asks that the key is absent, `false` that it is there (IAM user guide, Reference: condition operators, Null). */
function compileNull(values: readonly string[]): CompiledCondition['test'] {
  const wanted = values.map(readBoolean);
  return (value) => {
    if (value === 'unknown') return wanted.includes(true) && wanted.includes(false) ? 'yes' : anyOf(wanted);
    const absent = value === 'absent' || (value !== 'present' && value.length === 0);
    return known(wanted.includes(absent));
  };
}

function anyOf(wanted: readonly (boolean | null)[]): Tri {
  return wanted.some((value) => value !== null) ? 'undecided' : 'no';
}

/** Absence, unknown values, IfExists, ForAllValues and ForAnyValue, around the comparison of single values. */
function quantify(
  operator: Operator,
  negated: boolean,
  operands: readonly Operand[],
): CompiledCondition['test'] {
  const matches = matchAny(operands);
  const holds: ValueTest = negated ? (actual, context) => not(matches(actual, context)) : matches;
  const all = operator.set === undefined ? negated : operator.set === 'ForAllValues';
  const whenAbsent = known(
    operator.ifExists || operator.set === 'ForAllValues' || (operator.set === undefined && negated),
  );
  const whenPresent = forPresent(operands, negated);
  return (value, context) => {
    if (value === 'absent') return whenAbsent;
    if (value === 'present') return whenPresent;
    if (value === 'unknown') return whenPresent === whenAbsent ? whenAbsent : 'undecided';
    if (value.length === 0) return whenAbsent;
    const [only] = value;
    if (value.length === 1 && only !== undefined) return holds(only, context);
    return all
      ? every(value, (actual) => holds(actual, context))
      : some(value, (actual) => holds(actual, context));
  };
}

/** The answer for a key that is there with an unknown value: decided only where every value, or none, would match. */
function forPresent(operands: readonly Operand[], negated: boolean): Tri {
  if (operands.length === 0) return known(negated);
  if (operands.every((operand) => operand.nothing)) return known(negated);
  return operands.some((operand) => operand.everything) ? known(!negated) : 'undecided';
}

/** Long lists of plain strings become one lookup. */
function matchAny(operands: readonly Operand[]): ValueTest {
  const literals = operands.flatMap(({ literal }) => literal ?? []);
  const others = operands.filter(({ literal }) => literal === undefined);
  const isLiteral = membership(literals);
  if (others.length === 0) return (actual) => known(isLiteral(actual));
  return (actual, context) => {
    if (isLiteral(actual)) return 'yes';
    return some(others, (operand) => operand.matches(actual, context));
  };
}
