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

/** Compiles a parsed policy; never throws. */
export function compile(policy: Policy): CompiledPolicy {
  const statements = policy.statements.map((statement) => compileStatement(statement, policy.version));
  return {
    policy,
    statements,
    allows: statements.filter(({ statement }) => statement.effect === 'Allow'),
    denies: statements.filter(({ statement }) => statement.effect === 'Deny'),
  };
}

function compileStatement(statement: Statement, version: PolicyVersion): CompiledStatement {
  return {
    statement,
    principal: compilePrincipal(statement.principal),
    action: compileAction(statement.action),
    ...(statement.resource === undefined ? {} : { resource: compileResource(statement.resource, version) }),
    conditions: statement.conditions.map((condition) => compileCondition(condition, version)),
  };
}

/** Actions compare in any case, `*` and `?` are wildcards, and take no variables (IAM user guide, Reference: Action). */
function compileAction(element: PatternElement): CompiledStatement['action'] {
  const exact: string[] = [];
  const globs: StringTest[] = [];
  for (const pattern of element.patterns) {
    const folded = pattern.toLowerCase();
    if (/[*?]/.test(folded)) globs.push(globMatcher(folded));
    else exact.push(folded);
  }
  const isWritten = membership(element.patterns);
  const isExact = membership(exact);
  const covers = (action: string): boolean => {
    // Nearly every policy spells its actions as the request does: that saves folding the case.
    if (isWritten(action)) return true;
    const folded = action.toLowerCase();
    return isExact(folded) || globs.some((test) => test(folded));
  };
  return (action) => covers(action) !== element.negated;
}

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
