import type { Admitted, Grant } from '../admitted-types.ts';
import type { AssumeAction } from '../assume-actions.ts';
import type { Budget } from '../languages/explore.ts';
import type { PolicyVersion } from '../policy.ts';
import { compilePrincipal } from '../principal.ts';
import type { CallerClass } from './callers.ts';
import { type Domain, domainOf, type Part, PRINCIPAL_ARN, tellingKeys } from './domains.ts';
import { openPrincipalTest, principalTest } from './principal-test.ts';
import type { Box, Mask, Side } from './search.ts';
import { tasteOf } from './taste.ts';
import { conditionLiteral, conjunction, keySetLiteral, type Literal, type Test } from './tests.ts';
import { type Question, type World, worldsOf } from './worlds.ts';

/** One key whose values are chosen: its questions, and the worlds to choose from. */
interface Variable {
  readonly key: string;
  readonly worlds: readonly World[];
  readonly complete: boolean;
  /** Keys whose value is a part of this one's. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** Everything that matters for one class of callers: the variables, and both policies as boxes over them. */
export interface Arena {
  readonly callers: CallerClass;
  readonly variables: readonly Variable[];
  readonly complete: boolean;
  /** A policy for one action. */
  readonly side: (policy: Admitted, action: AssumeAction) => Side;
}

/** Stands for what a principal element leaves open about one certain caller. */
const PRINCIPAL = '(principal)';

type Literals = ReadonlyMap<string, Literal>;

/** Builds the arena of a class of callers for the policies; an empty one where all of them say the same to the letter. */
export function arenaOf(callers: CallerClass, policies: readonly Admitted[], budget: Budget): Arena {
  const literals = new Map<Grant, Literals>();
  const texts = policies.map((policy) => {
    const written = new Set<string>();
    for (const [effect, boxes] of [['Allow', policy.grants] as const, ['Deny', policy.exceptions] as const]) {
      for (const box of boxes) {
        const known = literalsOf(box, callers, policy.version);
        if (known === null) continue;
        literals.set(box, known);
        written.add(`${effect} ${box.actions.join()} ${textOf(known)}`);
      }
    }
    return [...written].sort().join('\n');
  });
  if (new Set(texts).size === 1)
    return { callers, variables: [], complete: true, side: () => ({ allows: [], denies: [] }) };
  const variables = variablesOf([...literals.values()], callers, budget);
  const boxes = new Map([...literals].map(([box, known]) => [box, boxOf(known, variables, callers)]));
  const covering = (grants: readonly Grant[], action: AssumeAction): Box[] =>
    grants.flatMap((box) => (box.actions.includes(action) ? (boxes.get(box) ?? []) : []));
  return {
    callers,
    variables: variables.list.map(({ variable }) => variable),
    complete: variables.list.every(({ variable }) => variable.complete),
    side: (policy, action) => ({
      allows: covering(policy.grants, action),
      denies: covering(policy.exceptions, action),
    }),
  };
}

/** The same text for literals that ask the same. */
function textOf(literals: Literals): string {
  const parts = [...literals].map(([key, { wants, absent }]) => {
    const tests = wants.map(({ test, answer }) => `${answer} ${test.id}`);
    return `${JSON.stringify(key)} ${absent} ${[...new Set(tests)].sort().join(' and ')}`;
  });
  return parts.sort().join('; ');
}

/** What a statement asks of callers of the class, by key; null when it is not about them. */
function literalsOf(box: Grant, callers: CallerClass, version: PolicyVersion): Literals | null {
  const literals = new Map<string, Literal>();
  const ask = (key: string, literal: Literal) => literals.set(key, conjunction(literals.get(key), literal));
  if (callers.kind === 'aws') {
    const test = principalTest(box.principal);
    if (test !== null) ask(PRINCIPAL_ARN, { wants: [{ test, answer: true }], absent: false });
  } else {
    const named = compilePrincipal(box.principal)(callers.caller);
    if (named === 'no') return null;
    if (named === 'undecided') {
      ask(PRINCIPAL, { wants: [{ test: openPrincipalTest(box.principal), answer: true }], absent: false });
    }
  }
  for (const keySet of box.keys) ask(keySet.key, keySetLiteral(keySet));
  for (const condition of box.undecided)
    ask(condition.key.toLowerCase(), conditionLiteral(condition, version));
  return literals;
}

interface Variables {
  readonly list: readonly { readonly variable: Variable; readonly questions: ReadonlyMap<string, number> }[];
  readonly numberOf: ReadonlyMap<string, number>;
}

/** The keys that matter, parts under the key they belong to, each with its worlds. */
function variablesOf(all: readonly Literals[], callers: CallerClass, budget: Budget): Variables {
  const drafts = new Map<
    string,
    { domain: Domain; questions: Map<string, Question>; parts: Map<string, Part> }
  >();
  const draft = (key: string) => {
    const known = drafts.get(key);
    if (known !== undefined) return known;
    const fresh = {
      domain: domainFor(callers, key),
      questions: new Map<string, Question>(),
      parts: new Map<string, Part>(),
    };
    drafts.set(key, fresh);
    return fresh;
  };
  for (const key of tellingKeys(callers)) draft(key);
  for (const literals of all) {
    for (const [key, literal] of literals) {
      const domain = domainFor(callers, key);
      const part = domain.kind === 'part' ? domain : null;
      const home = draft(part?.of ?? key);
      if (part !== null) home.parts.set(key, part);
      for (const { test } of literal.wants) home.questions.set(questionId(test, part), { test, part });
    }
  }
  const list = [...drafts].map(([key, { domain, questions, parts }]) => {
    const asked = [...questions.values()];
    const { worlds, complete } = worldsOf(asked, domain, tasteOf(callers, key, asked), budget);
    const numbers = new Map([...questions.keys()].map((id, number) => [id, number]));
    return { variable: { key, worlds, complete, parts }, questions: numbers };
  });
  return { list, numberOf: new Map([...drafts.keys()].map((key, number) => [key, number])) };
}

function domainFor(callers: CallerClass, key: string): Domain {
  return key === PRINCIPAL ? { kind: 'fixed', value: '' } : domainOf(callers, key);
}

/** Tests of the same kind of part are of the same part: a key has one at most, but several keys may share a part. */
function questionId(test: Test, part: Part | null): string {
  return part === null ? test.id : `${part.name} ${test.id}`;
}

/** For each variable the worlds in which the literals hold. */
function boxOf(literals: Literals, variables: Variables, callers: CallerClass): Box {
  const box = new Map<number, Mask>();
  for (const [key, literal] of literals) {
    const domain = domainFor(callers, key);
    const part = domain.kind === 'part' ? domain : null;
    const number = variables.numberOf.get(part?.of ?? key);
    const entry = number === undefined ? undefined : variables.list[number];
    if (number === undefined || entry === undefined) continue;
    const wants = literal.wants.map(({ test, answer }) => ({
      question: entry.questions.get(questionId(test, part)) ?? -1,
      answer,
    }));
    const holds = (world: World) =>
      world.present
        ? wants.every(({ question, answer }) => world.answers[question] === answer)
        : literal.absent;
    box.set(number, (box.get(number) ?? -1n) & maskOf(entry.variable.worlds, holds));
  }
  return box;
}

/** The worlds that a predicate takes, one bit each. */
export function maskOf(worlds: readonly World[], holds: (world: World) => boolean): Mask {
  let mask = 0n;
  worlds.forEach((world, number) => {
    if (holds(world)) mask |= 1n << BigInt(number);
  });
  return mask;
}
