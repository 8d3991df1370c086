import { globMatcher, type StringTest } from '../glob.ts';
import { parsePolicy } from '../parse.ts';
import type { Condition, PatternElement, Policy, Statement } from '../policy.ts';
import { ACTIONS_BY_SERVICE } from './catalogue.ts';
import { covers, overlaps } from './patterns.ts';

/** A statement of an identity policy, read for grading. */
export interface GradedStatement {
  readonly effect: 'Allow' | 'Deny';
  /** Those actions of the catalogue that it names. */
  readonly names: ReadonlySet<string>;
  /** Lower-cased. */
  readonly action: PatternElement;
  readonly resource: PatternElement;
  /** Its resource patterns cut to a resource type, given as the type's widest pattern. */
  readonly reach: (everything: string) => readonly string[];
  /** Conditions other than a plain test of `iam:PassedToService`. */
  readonly conditional: boolean;
  /** Services that `iam:PassRole` is limited to; null for all. */
  readonly passedTo: readonly StringTest[] | null;
}

/** A document ready for grading, or null when it is none that IAM would store. */
export function readStatements(text: string): readonly GradedStatement[] | null {
  const { policy } = parsePolicy(text, 'identity');
  return policy && gradedStatements(policy);
}

function gradedStatements(policy: Policy): readonly GradedStatement[] {
  return policy.statements.map(gradedStatement);
}

const EVERY_RESOURCE: PatternElement = { negated: false, pointer: '', patterns: ['*'] };

function gradedStatement(statement: Statement): GradedStatement {
  const patterns = statement.action.patterns.map((pattern) => pattern.toLowerCase());
  const passedTo = statement.conditions.filter(isPassedToTest);
  const resource = statement.resource ?? EVERY_RESOURCE;
  return {
    effect: statement.effect,
    names: cataloguedNames(patterns, statement.action.negated),
    action: { ...statement.action, patterns },
    resource,
    reach: rememberedReach(resource),
    conditional: statement.conditions.length > passedTo.length,
    passedTo: passedTo.length === 0 ? null : passedTo.flatMap((test) => test.values.map(serviceTest)),
  };
}

/** A statement of a shared policy is asked the same few times for every role: there are as many answers as types and accounts. */
function rememberedReach(resource: PatternElement): GradedStatement['reach'] {
  const known = new Map<string, readonly string[]>();
  return (everything) => {
    let answer = known.get(everything);
    if (answer === undefined) {
      answer = reach(resource, everything);
      known.set(everything, answer);
    }
    return answer;
  };
}

function reach(resource: PatternElement, everything: string): readonly string[] {
  if (resource.negated) {
    return resource.patterns.some((taken) => covers(taken, everything)) ? [] : [everything];
  }
  return resource.patterns.flatMap((pattern) => {
    if (covers(pattern, everything)) return [everything];
    return overlaps(pattern, everything) ? [pattern] : [];
  });
}

const PASSED_TO_OPERATORS = new Set(['StringEquals', 'StringLike', 'StringEqualsIgnoreCase']);

/** Positive tests only; with `IfExists` too, since PassRole always carries the key. */
function isPassedToTest(condition: Condition): boolean {
  const positive = PASSED_TO_OPERATORS.has(condition.operator.name);
  return positive && condition.key.toLowerCase() === 'iam:passedtoservice';
}

/** A service's name as its first labels: `ec2.amazonaws.com` and `ec2.amazonaws.com.cn` are one. */
function serviceTest(value: string): StringTest {
  return globMatcher(value.toLowerCase().replace(/\.amazonaws\.com(\.cn)?$/, '.amazonaws.com'));
}

function cataloguedNames(patterns: readonly string[], negated: boolean): ReadonlySet<string> {
  const named = new Set(patterns.flatMap(namesOf));
  if (!negated) return named;
  const others = ACTIONS_BY_SERVICE.values().flatMap((actions) => actions.filter((name) => !named.has(name)));
  return new Set(others);
}

/** What patterns name, worked out once: an organization writes the same few thousand again and again. */
const usual = new Map<string, readonly string[]>();
const MOST_USUAL = 5000;

function namesOf(pattern: string): readonly string[] {
  let found = usual.get(pattern);
  if (found === undefined) {
    found = cataloguedBy(pattern);
    if (usual.size < MOST_USUAL) usual.set(pattern, found);
  }
  return found;
}

function cataloguedBy(pattern: string): readonly string[] {
  const test = globMatcher(pattern);
  const service = /^([a-z0-9-]+):/.exec(pattern)?.[1];
  if (service !== undefined) return ACTIONS_BY_SERVICE.get(service)?.filter(test) ?? [];
  return ACTIONS_BY_SERVICE.values().toArray().flat().filter(test);
}
