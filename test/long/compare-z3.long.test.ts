import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compare } from '../../shared/iam/compare.ts';
import type { Comparison } from '../../shared/iam/comparison.ts';
import type { Policy } from '../../shared/iam/policy.ts';
import { ISSUER, OTHER_ISSUER, outcomeOf, provider, trust } from '../shared/iam/trust.ts';
import { startSolver, type Verdict } from './smt.ts';
import {
  DECLARATIONS,
  type JudgedCondition,
  type JudgedKey,
  type JudgedStatement,
  OPERATORS,
  policyExpression,
  question,
} from './trust-smt.ts';

const PAIRS = 10_000;
/** Pairs that Z3 gets at a time. */
const BATCH = 25;
/** Z3 processes; comparisons go on while they work. */
const JUDGES = 2;
const SEED = 20_261_122;

const KEYS: Record<JudgedKey, string> = {
  sub: `${ISSUER}:sub`,
  aud: `${ISSUER}:aud`,
  vpc: 'aws:SourceVpc',
  other: `${OTHER_ISSUER}:sub`,
};

const word = fc.constantFrom('a', 'b', 'A', ':', 'system:serviceaccount:', 'ns', '-', '*', '*', '?');
const value = fc.array(word, { maxLength: 5 }).map((words) => words.join(''));
const arn = fc
  .array(fc.constantFrom('a', 'b', '*', '?', ''), { minLength: 6, maxLength: 7 })
  .map((parts) => parts.join(':'));

const condition: fc.Arbitrary<JudgedCondition> = fc
  .record({
    set: fc.constantFrom<JudgedCondition['set']>('', '', '', '', 'ForAllValues:', 'ForAnyValue:'),
    operator: fc.constantFrom(...OPERATORS),
    ifExists: fc.boolean(),
    key: fc.constantFrom<JudgedKey>('sub', 'sub', 'sub', 'aud', 'vpc', 'other'),
    strings: fc.array(value, { minLength: 1, maxLength: 3 }),
    arns: fc.array(fc.oneof({ weight: 4, arbitrary: arn }, { weight: 1, arbitrary: fc.constant('a*') }), {
      minLength: 1,
      maxLength: 2,
    }),
  })
  .map(({ strings, arns, ...rest }) => {
    if (rest.operator === 'Null')
      return { ...rest, set: '', ifExists: false, values: [strings.length > 1 ? 'true' : 'false'] };
    return { ...rest, values: rest.operator.startsWith('Arn') ? arns : strings };
  });

const statement: fc.Arbitrary<JudgedStatement> = fc.record({
  effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  conditions: fc.uniqueArray(condition, {
    maxLength: 3,
    selector: (one) => `${writtenOperator(one)} ${one.key}`,
  }),
});
const statements = fc.array(statement, { minLength: 1, maxLength: 4 });

/** A pair of unrelated policies, or a policy and an edit of it, which is where equality and inclusion happen. */
const pair = fc.oneof(
  fc.tuple(statements, statements),
  fc.tuple(statements, statement).map(([before, more]) => [before, [...before, more]] as const),
  fc
    .tuple(statements, condition)
    .map(
      ([before, more]) =>
        [before, before.map((one, index) => (index > 0 ? one : withCondition(one, more)))] as const,
    ),
  fc
    .tuple(statements, fc.nat())
    .map(
      ([before, gone]) =>
        [before, before.length < 2 ? before : before.toSpliced(gone % before.length, 1)] as const,
    ),
);

function withCondition(one: JudgedStatement, more: JudgedCondition): JudgedStatement {
  const name = `${writtenOperator(more)} ${more.key}`;
  const rest = one.conditions.filter((other) => `${writtenOperator(other)} ${other.key}` !== name);
  return { ...one, conditions: [...rest, more] };
}

function writtenOperator({ set, operator, ifExists }: JudgedCondition): string {
  return `${set}${operator}${ifExists ? 'IfExists' : ''}`;
}

function policyOf(judged: readonly JudgedStatement[]): Policy {
  return trust(
    ...judged.map(({ effect, conditions }) => {
      const Condition: Record<string, Record<string, unknown>> = {};
      for (const one of conditions) {
        const operator = writtenOperator(one);
        Condition[operator] = { ...Condition[operator], [KEYS[one.key]]: one.values };
      }
      return {
        Effect: effect,
        Principal: { Federated: provider() },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition,
      };
    }),
  );
}

type Pair = readonly [readonly JudgedStatement[], readonly JudgedStatement[]];

function questionsOf([before, after]: Pair): string[] {
  const [old, now] = [policyExpression(before), policyExpression(after)];
  return [question([now], [old]), question([old], [now])];
}

/** The relation that Z3's two verdicts amount to. */
function relationOf(gained: Verdict | undefined, lost: Verdict | undefined): Comparison['relation'] {
  expect(['sat', 'unsat']).toContain(gained);
  expect(['sat', 'unsat']).toContain(lost);
  if (gained === 'sat') return lost === 'sat' ? 'incomparable' : 'widened';
  return lost === 'sat' ? 'tightened' : 'equal';
}

function verify(before: Policy, after: Policy, comparison: Comparison): void {
  if ('gained' in comparison && comparison.gained) {
    expect([outcomeOf(before, comparison.gained), outcomeOf(after, comparison.gained)]).toEqual([
      'denied',
      'allowed',
    ]);
  }
  if ('lost' in comparison && comparison.lost) {
    expect([outcomeOf(before, comparison.lost), outcomeOf(after, comparison.lost)]).toEqual([
      'allowed',
      'denied',
    ]);
  }
}

type Tally = Map<Comparison['relation'], number>;

/** Gives one judge every batch that is left, and compares the same pairs meanwhile. */
async function judgeBatches(batches: Iterator<readonly Pair[]>, tally: Tally): Promise<void> {
  const solver = await startSolver();
  try {
    for (let next = batches.next(); !next.done; next = batches.next()) {
      const batch = next.value;
      const asked = solver.check(DECLARATIONS, batch.flatMap(questionsOf));
      const relations = batch.map(relationOfPair);
      const verdicts = await asked;
      for (const [index, relation] of relations.entries()) {
        const judged = relationOf(verdicts[2 * index], verdicts[2 * index + 1]);
        expect(relation, JSON.stringify(batch[index])).toBe(judged);
        tally.set(relation, (tally.get(relation) ?? 0) + 1);
      }
    }
  } finally {
    solver.stop();
  }
}

function relationOfPair([one, other]: Pair): Comparison['relation'] {
  const [before, after] = [policyOf(one), policyOf(other)];
  const comparison = compare(before, after);
  verify(before, after, comparison);
  return comparison.relation;
}

function* batchesOf(pairs: readonly Pair[]): Generator<readonly Pair[]> {
  for (let from = 0; from < pairs.length; from += BATCH) yield pairs.slice(from, from + BATCH);
}

it(`says the same as Z3 of ${PAIRS} random pairs of policies, and every witness holds`, async () => {
  const batches = batchesOf(fc.sample(pair, { numRuns: PAIRS, seed: SEED }));
  const tally: Tally = new Map();
  await Promise.all(Array.from({ length: JUDGES }, () => judgeBatches(batches, tally)));
  expect([...tally.values()].reduce((sum, count) => sum + count, 0)).toBe(PAIRS);
  // Pairs that are all alike would prove nothing.
  for (const relation of ['equal', 'tightened', 'widened', 'incomparable'] as const) {
    expect(tally.get(relation) ?? 0, `pairs that are ${relation}`).toBeGreaterThan(PAIRS / 50);
  }
});
