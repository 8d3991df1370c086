import { type Concerning, concerning, type NamedCaller } from './concerning.ts';
import { type CompiledCondition, compileCondition } from './conditions/condition.ts';
import { globMatcher, matcher, type StringTest } from './glob.ts';
import { membership } from './membership.ts';
import type { PatternElement, Policy, PolicyVersion, Statement } from './policy.ts';
import { compilePrincipal, type PrincipalTest } from './principal.ts';
import { known, not, some, type Tri } from './tri.ts';
import { type Context, fill, fixedTokens, parseTemplate } from './variables.ts';

/** A policy made ready to be asked many times. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly statements: readonly CompiledStatement[];
  readonly allows: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
  /** Those of them that a service or web identity matches with an action. */
  readonly concerning: (caller: NamedCaller, action: string) => Concerning;
}

export interface CompiledStatement {
  readonly statement: Statement;
  readonly principal: PrincipalTest;
  /** Whether the statement covers an action. */
  readonly action: (action: string) => boolean;
  /** Whether it covers a resource; absent in trust policies. */
  readonly resource?: (resource: string | undefined, context: Context) => Tri;
  readonly conditions: readonly CompiledCondition[];
}

const NONE: readonly CompiledStatement[] = [];

/** Compiles a parsed policy; never throws. Principals and conditions are made ready when they are first asked. */
export function compile(policy: Policy): CompiledPolicy {
  const statements = policy.statements.map((statement) => compileStatement(statement, policy.version));
  const denies = statements.filter(({ statement }) => statement.effect === 'Deny');
  const sorted =
    denies.length === 0
      ? { allows: statements, denies: NONE }
      : { allows: statements.filter(({ statement }) => statement.effect === 'Allow'), denies };
  return { policy, statements, allows: sorted.allows, denies: sorted.denies, concerning: concerning(sorted) };
}

function compileStatement(statement: Statement, version: PolicyVersion): CompiledStatement {
  const principal = compilePrincipal(statement.principal);
  const action = compileAction(statement.action);
  const conditions = statement.conditions.map((condition) => compileCondition(condition, version));
  if (statement.resource === undefined) return { statement, principal, action, conditions };
  return { statement, principal, action, resource: compileResource(statement.resource, version), conditions };
}

/** Actions compare in any case, `*` and `?` are wildcards, and take no variables (IAM user guide, Reference: Action). */
function compileAction(element: PatternElement): CompiledStatement['action'] {
  const { patterns, negated } = element;
  let inAnyCase: StringTest | undefined;
  return (action) => {
    // Nearly every policy spells its actions as the request does: that saves folding the case.
    if (patterns.includes(action)) return !negated;
    inAnyCase ??= anyCase(patterns);
    return inAnyCase(action) !== negated;
  };
}

/** Tests of single actions, which an organization writes a few hundred of in its thousands of trust policies. */
const usual = new Map<string, StringTest>();
const MOST_USUAL = 1000;

function anyCase(patterns: readonly string[]): StringTest {
  const [only] = patterns;
  if (only === undefined || patterns.length > 1) return anyOfCase(patterns);
  let test = usual.get(only);
  if (test === undefined) {
    test = anyOfCase(patterns);
    if (usual.size < MOST_USUAL) usual.set(only, test);
  }
  return test;
}

function anyOfCase(patterns: readonly string[]): StringTest {
  const folded = patterns.map((pattern) => pattern.toLowerCase());
  const isExact = membership(folded.filter((pattern) => !WILDCARD.test(pattern)));
  const globs = folded.filter((pattern) => WILDCARD.test(pattern)).map(globMatcher);
  return (action) => {
    const asked = action.toLowerCase();
    return isExact(asked) || globs.some((test) => test(asked));
  };
}

const WILDCARD = /[*?]/;

/**
 * Resources are case-sensitive globs over the whole ARN and take variables; one without a value matches no resource
 * (IAM user guide, Reference: Resource, variables). Not knowing the resource decides only `*`.
 */
function compileResource(
  element: PatternElement,
  version: PolicyVersion,
): (resource: string | undefined, context: Context) => Tri {
  const tests = element.patterns.map((pattern) => compileResourcePattern(pattern, version));
  return (resource, context) => {
    const covered = some(tests, (test) => test(resource, context));
    return element.negated ? not(covered) : covered;
  };
}

function compileResourcePattern(
  pattern: string,
  version: PolicyVersion,
): NonNullable<CompiledStatement['resource']> {
  if (pattern === '*') return () => 'yes';
  const template = parseTemplate(pattern, version, true);
  const fixed = fixedTokens(template);
  const fixedTest = fixed === null ? null : matcher(fixed);
  return (resource, context) => {
    if (resource === undefined) return 'undecided';
    if (fixedTest !== null) return known(fixedTest(resource));
    const tokens = fill(template, context);
    if (tokens === 'undecided') return 'undecided';
    return tokens === 'no-value' ? 'no' : known(matcher(tokens)(resource));
  };
}
