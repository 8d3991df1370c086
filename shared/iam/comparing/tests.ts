import type { KeySet, Pattern, StringSet } from '../admitted-types.ts';
import { compileCondition } from '../conditions/condition.ts';
import { OPERATORS } from '../conditions/operators.ts';
import { ANY_ONE, ANY_RUN } from '../glob.ts';
import { accepts } from '../languages/automaton.ts';
import type { Language } from '../languages/explore.ts';
import { holdsWithoutKey } from '../languages/from-condition.ts';
import { type Glob, symbolsOf, type Token } from '../languages/globs.ts';
import { matches } from '../languages/match.ts';
import { isEverything, languageOf } from '../languages/sets.ts';
import { isMultiValued } from '../multi-valued.ts';
import type { Condition, PolicyVersion } from '../policy.ts';
import { not, type Tri } from '../tri.ts';
import { isTokens, parseTemplate } from '../variables.ts';
import { type Family, familyOf, samplesOf } from './samples.ts';

/** One yes-or-no question about a present value of a key. Both policies share the test when they ask the same. */
export interface Test {
  readonly id: string;
  /** The languages whose memberships decide it; empty where it is sampled. */
  readonly languages: readonly Language[];
  /** `undecided`: it depends on what no value of this key tells. */
  readonly holds: (value: string) => Tri;
  readonly family: Family;
  /** Values that stand for all others, for a test of numbers, dates or addresses. */
  readonly samples: readonly string[];
  /** True when the key may have several values, of which single ones tell only a part. */
  readonly partial: boolean;
  /** How messages name it. */
  readonly words: string;
}

/** What a box asks of one key: every test with the answer it wants, or the key's absence where that is enough. */
export interface Literal {
  readonly wants: readonly { readonly test: Test; readonly answer: boolean }[];
  readonly absent: boolean;
}

/** The literal of a key set. */
export function keySetLiteral(keySet: KeySet): Literal {
  const telling = keySet.all.filter((set) => !isEverything(set));
  const wants = telling.map((set) => ({ test: setTest(set), answer: true }));
  return { wants, absent: keySet.absent };
}

/** The literal of a condition that is no set of strings. */
export function conditionLiteral(condition: Condition, version: PolicyVersion): Literal {
  const { name } = condition.operator;
  const operator = OPERATORS[name];
  const negated = operator.kind === 'comparing' && operator.negated;
  const test = conditionTest(condition, negated, version);
  return {
    wants: [{ test, answer: test.partial || !negated }],
    absent: holdsWithoutKey(condition.operator, negated),
  };
}

/** Both literals at once. */
export function conjunction(one: Literal | undefined, other: Literal): Literal {
  if (one === undefined) return other;
  return { wants: [...one.wants, ...other.wants], absent: one.absent && other.absent };
}

/** A test of membership in a set of strings. */
function setTest(set: StringSet): Test {
  return {
    id: `set ${patternsId(set.include)} - ${patternsId(set.exclude)}`,
    languages: [languageOf(set.include), languageOf(set.exclude)],
    holds: (value) => (matches(set, value) ? 'yes' : 'no'),
    family: set.include.length === 0 ? 'constant' : 'string',
    samples: [],
    partial: false,
    words: '',
  };
}

/** Two lists of the same patterns are the same list in any order. */
function patternsId(patterns: readonly Pattern[]): string {
  const names = patterns.map((pattern) =>
    JSON.stringify([
      pattern.text,
      pattern.literal,
      pattern.ignoreCase,
      pattern.arn ?? false,
      pattern.literalAt ?? [],
    ]),
  );
  return [...new Set(names)].sort().join();
}

/** A condition as a test of single values: its positive form, so that an operator and its negation share one. */
function conditionTest(condition: Condition, negated: boolean, version: PolicyVersion): Test {
  const compiled = compileCondition(condition, version);
  const partial = isMultiValued(compiled.key);
  const family = familyOf(condition.operator.name);
  const languages =
    family === 'string' ? condition.values.map((value) => [outline(value, condition, version)]) : [];
  const holds = (value: string): Tri => {
    const result = compiled.test([value], () => 'unknown');
    const base = withinOutlines(value, languages, negated ? not(result) : result);
    return negated && partial ? not(base) : base;
  };
  return {
    id: conditionId(condition, negated, partial, version),
    languages,
    holds,
    family,
    samples: samplesOf(condition),
    partial,
    words: describe(condition),
  };
}

/** Where no value of the condition could match whatever its variables are, it does not. */
function withinOutlines(value: string, languages: readonly Language[], result: Tri): Tri {
  if (result !== 'undecided' || languages.length === 0) return result;
  const symbols = symbolsOf(value);
  return languages.some((language) => language.some((glob) => accepts(glob, symbols))) ? result : 'no';
}

function conditionId(
  condition: Condition,
  negated: boolean,
  partial: boolean,
  version: PolicyVersion,
): string {
  const { name, set, ifExists } = condition.operator;
  const base = negated ? name.replace('Not', '') : name;
  const how = partial ? `${set ?? ''}:${name}:${ifExists}` : base.replace('ArnEquals', 'ArnLike');
  const plain = version === '2012-10-17' || !condition.values.some((value) => value.includes('${'));
  return `condition ${how} ${plain ? '' : version} ${[...new Set(condition.values)]
    .sort()
    .map((value) => JSON.stringify(value))
    .join()}`;
}

/** A condition in words, for the list of assumptions. */
function describe(condition: Condition): string {
  return `${condition.operator.written} ${condition.key} [${condition.values.join(', ')}]`;
}

/** What a value with policy variables could match at most: any text in place of each variable. */
function outline(value: string, condition: Condition, version: PolicyVersion): Glob {
  const { name } = condition.operator;
  const wildcards = name.endsWith('Like') || name.startsWith('Arn');
  const fold = name.endsWith('IgnoreCase');
  return parseTemplate(value, version, wildcards).flatMap((part): readonly Token[] =>
    isTokens(part) ? part.flatMap((token) => tokenOf(token, fold)) : [{ kind: 'many', of: 'any' }],
  );
}

function tokenOf(token: number, fold: boolean): readonly Token[] {
  if (token === ANY_RUN) return [{ kind: 'many', of: 'any' }];
  if (token === ANY_ONE) return [{ kind: 'one', of: 'any' }];
  const text = String.fromCharCode(token);
  return symbolsOf(fold ? text.toLowerCase() : text).map((symbol) => ({ kind: 'symbol', symbol, fold }));
}
