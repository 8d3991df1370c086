import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Plan } from '../../shared/changes/plan.ts';
import { parsePolicy } from '../../shared/iam/parse.ts';
import type { Condition, Statement } from '../../shared/iam/policy.ts';
import { parseProviderArn } from '../../shared/identity/issuer.ts';
import { plannableIn, planOf } from '../../shared/plans/plan-finding.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { DECLARED } from '../support/demo-plans.ts';
import { plannedCase } from '../support/planned-estates.ts';
import { contextOf } from '../support/planning.ts';
import type { Question } from './plan-question.ts';
import { podQuestionsOf } from './pod-questions.ts';
import { startSolver, type Verdict } from './smt.ts';
import {
  anyOf,
  callsOf,
  DECLARATIONS,
  type JudgedStatement,
  OPERATORS,
  policyExpression,
  question,
  textsOf,
} from './trust-smt.ts';

const PLANS = 1_000;

type TrustChange = Extract<Plan['changes'][number], { readonly kind: 'trust-policy' }>;

/** Expressions of a subject and the audiences of its tokens. */
interface Meant {
  readonly sub: string;
  readonly aud: string;
}

/** The statements that a web identity of an issuer meets, in the judge's own language; null where it has no word for one. */
function judged(text: string, provider: string, issuer: string): JudgedStatement[] | null {
  const statements = parsePolicy(text, 'trust').policy?.statements ?? [];
  const own = statements.filter((statement) => meets(statement, provider));
  const translated = own.map(({ effect, conditions }) => {
    const each = conditions.map((condition) => judgedCondition(condition, issuer));
    return each.includes(null) ? null : { effect, conditions: each.flatMap((one) => one ?? []) };
  });
  return translated.includes(null) ? null : translated.flatMap((one) => one ?? []);
}

function meets({ principal, action }: Statement, provider: string): boolean {
  const covers = action.patterns.some((pattern) =>
    /^(?:\*|sts:(?:\*|assumerolewithwebidentity))$/i.test(pattern),
  );
  const named = principal?.everyone === true || principal?.entries.some(({ value }) => value === provider);
  return covers && named === true;
}

function judgedCondition({ operator, key, values }: Condition, issuer: string) {
  const name = OPERATORS.find((one) => one === operator.name);
  if (name === undefined) return null;
  const lower = key.toLowerCase();
  const about =
    lower === `${issuer.toLowerCase()}:sub`
      ? 'sub'
      : lower === `${issuer.toLowerCase()}:aud`
        ? 'aud'
        : 'other';
  const set = operator.set === undefined ? '' : (`${operator.set}:` as const);
  return { set, operator: name, ifExists: operator.ifExists, key: about, values } as const;
}

/** Those whom a plan names one by one, of one issuer; null where it does not list them. */
function meant(plan: Plan, issuer: string): Meant[] | null {
  if (plan.proof.intended.some((words) => words.includes('cannot be listed'))) return null;
  return plan.proof.intended.flatMap((words) => {
    const [subject = ''] = words.split(' of ');
    const audiences = / with tokens for (.*)$/.exec(words)?.[1]?.split(' or ') ?? ['sts.amazonaws.com'];
    return words.includes(issuer) ? [{ sub: textsOf([subject]), aud: textsOf(audiences) }] : [];
  });
}

/** Both inclusions for each provider that a changed policy names: satisfiable means refuted. */
function webQuestionsOf(plan: Plan): Question[] {
  return plan.changes
    .filter((change): change is TrustChange => change.kind === 'trust-policy')
    .flatMap(({ before, after }) => {
      if (before === null || after === null) return [];
      return providersIn(after).flatMap((provider) => {
        const issuer = parseProviderArn(provider)?.issuer.key ?? '';
        const [old, new_, who] = [
          judged(before, provider, issuer),
          judged(after, provider, issuer),
          meant(plan, issuer),
        ];
        if (old === null || new_ === null || who === null) return [];
        // A statement that asks for no audience takes what the provider does, which is tokens for STS alone here.
        const anyToken = new_.every(({ conditions }) => conditions.some(({ key }) => key === 'aud'));
        const tokens = callsOf(anyToken ? {} : { aud: textsOf(['sts.amazonaws.com']) });
        const [was, is] = [policyExpression(old), policyExpression(new_)];
        const [intended, without] = [
          anyOf(who.map(callsOf)),
          anyOf(who.map((each) => callsOf({ ...each, vpc: false }))),
        ];
        const unmeant = question([is, tokens], [was]);
        return [
          {
            plan,
            which: 'after in before or intended' as const,
            text: question([is, tokens], [was, intended]),
            unmeant,
          },
          { plan, which: 'intended in after' as const, text: question([without], [is]), unmeant },
        ];
      });
    });
}

function providersIn(text: string): string[] {
  const statements = parsePolicy(text, 'trust').policy?.statements ?? [];
  const arns = statements
    .flatMap(({ principal }) => principal?.entries ?? [])
    .flatMap(({ kind, value }) => (kind === 'Federated' ? [value] : []));
  return [...new Set(arns)];
}

const questionsOf = (plan: Plan): Question[] => [...webQuestionsOf(plan), ...podQuestionsOf(plan)];

function plansOf(context: ReturnType<typeof contextOf>): Plan[] {
  return [...plannableIn(context).plannable.values()].flatMap((plannable) => {
    const result = planOf(plannable, context);
    return result.kind === 'plan' && result.plan.blockers.length === 0 ? [result.plan] : [];
  });
}

/** Asks each question once, however many plans it is about. */
async function confirm(questions: readonly Question[]): Promise<void> {
  const byText = Map.groupBy(questions, ({ text }) => text);
  const verdicts = await verdictsOf([...byText.keys()]);
  for (const [text, verdict] of verdicts) {
    const [{ plan, which } = {}] = byText.get(text) ?? [];
    expect(verdict, `${which}: ${JSON.stringify(plan?.changes)} ${text}`).toBe('unsat');
  }
}

async function verdictsOf(texts: readonly string[]): Promise<ReadonlyMap<string, Verdict>> {
  const solver = await startSolver();
  try {
    const verdicts = await solver.check(DECLARATIONS, texts);
    return new Map(texts.map((text, at) => [text, verdicts[at] ?? 'unknown']));
  } finally {
    solver.stop();
  }
}

const demoPlans = plansOf(contextOf(demoSnapshot(), DECLARED.bindings));

it("Z3 confirms both inclusions for the demo's plans", async () => {
  const questions = demoPlans.flatMap(questionsOf);
  const unasked = demoPlans.filter(
    (plan) =>
      plan.changes.some(({ kind }) => kind === 'trust-policy') && !questions.some((one) => one.plan === plan),
  );
  expect(unasked.map(({ title }) => title)).toEqual([]);
  expect(questions.length).toBeGreaterThan(30);
  await confirm(questions);
});

it("Z3 refutes that nobody comes in by the demo's plans, where somebody is meant to", async () => {
  const verdicts = await verdictsOf(demoPlans.flatMap(questionsOf).map(({ unmeant }) => unmeant));
  expect(new Set(verdicts.values())).toEqual(new Set(['sat', 'unsat']));
});

it(`Z3 confirms both inclusions for ${PLANS} random plans`, async () => {
  const questions: Question[] = [];
  const plans = new Set<Plan>();
  for (let seed = 1; plans.size < PLANS; seed++) {
    for (const { snapshot, bindings } of fc.sample(plannedCase, { numRuns: 200, seed })) {
      for (const plan of plansOf(contextOf(snapshot, bindings))) {
        const own = questionsOf(plan);
        if (own.length > 0 && plans.size < PLANS) {
          plans.add(plan);
          questions.push(...own);
        }
      }
    }
  }
  await confirm(questions);
});
