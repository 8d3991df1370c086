import type { Trust } from '../estate/estate.ts';
import type { Outcome } from '../iam/evaluate.ts';
import type { Problem } from '../iam/policy.ts';
import { bounded } from './bounded.ts';
import type { Step } from './chain.ts';
import { type CheckName, fail, leftOut, pass, unknown } from './checks.ts';
import { type Aspect, type Inspection, rootFlaw } from './flaw.ts';
import { invalidities, statementOf, whereIs } from './invalidity.ts';

/** What a trust policy answers to a request, with the statement that decides or comes nearest. */
export interface TrustAnswer {
  readonly outcome: Outcome;
  /** Index of the Deny statement that refuses, or null. */
  readonly denied: number | null;
  /** Why that Deny applies, where it is not plain: to follow "denies it". */
  readonly deniedWhy?: string;
  /** True when that Deny applies only because the association passes no session tags. */
  readonly tagless?: boolean;
  readonly nearest: Inspection | null;
  /** True when the nearest statement admits nobody at all: its conditions, or a Deny, see to it. */
  readonly hopeless?: boolean;
}

/** How the steps of one kind of chain are worded. */
export interface TrustWords {
  readonly aspects: readonly Aspect[];
  /** What is said of an aspect that holds. */
  readonly holds: Readonly<Record<Aspect, string>>;
  /** What is said when no statement is about the request at all. */
  readonly noStatement: string;
  /** The rule for flaws that have none of their own. */
  readonly rule: string;
}

const CHECK: Readonly<Record<Aspect, CheckName>> = {
  principal: 'trust-principal',
  action: 'trust-action',
  audience: 'trust-audience',
  subject: 'trust-subject',
  conditions: 'trust-conditions',
};

/** Steps for one trust policy; `answer` is null when the policy is invalid. */
export function trustSteps(trust: Trust, answer: TrustAnswer | null, words: TrustWords): Step[] {
  if (answer === null) {
    const problem = invalidities(trust).find(({ effect }) => effect === 'refused');
    return [
      fail(
        'trust-policy',
        `IAM would refuse the trust policy. ${problemWords(problem)}`,
        'no-invalid-trust-policy',
      ),
      ...words.aspects.map((aspect) => leftOut(CHECK[aspect], 'The trust policy cannot be read.')),
      leftOut('trust-deny', 'The trust policy cannot be read.'),
    ];
  }
  const policy = policyStep(trust, answer);
  if (answer.outcome === 'allowed') {
    return [
      policy,
      ...words.aspects.map((aspect) => pass(CHECK[aspect], words.holds[aspect])),
      pass('trust-deny', 'No Deny statement applies.'),
    ];
  }
  const { nearest } = answer;
  const rule = answer.hopeless ? 'no-unsatisfiable-trust' : words.rule;
  const aspects =
    nearest === null
      ? withoutStatement(words, trust)
      : words.aspects.map((aspect) => aspectStep(aspect, nearest, words.holds, rule));
  return [policy, ...aspects, denyStep(answer, rule)];
}

function policyStep(trust: Trust, { outcome, nearest }: TrustAnswer): Step {
  const problems = invalidities(trust);
  const misread = problems.find((problem) =>
    nearest === null
      ? isEmptyGrant(problem, trust)
      : nearest.flaws.length > 0 && statementOf(problem.pointer) === nearest.statement.index,
  );
  if (outcome === 'denied' && misread !== undefined) {
    return fail(
      'trust-policy',
      `IAM reads the trust policy otherwise than it looks. ${problemWords(misread)}`,
      'no-invalid-trust-policy',
    );
  }
  const lost = problems.find(({ code }) => code === 'duplicate-key');
  return pass('trust-policy', `IAM accepts the trust policy.${lost ? ` ${problemWords(lost)}` : ''}`);
}

/** An Allow statement whose principal names nobody: whoever was meant, it lets in no one. */
function isEmptyGrant({ code, pointer }: Problem, { policy }: Trust): boolean {
  const index = statementOf(pointer);
  return (
    code === 'empty-principal' &&
    policy?.statements.some((statement) => statement.index === index && statement.effect === 'Allow') === true
  );
}

function problemWords(problem: Problem | undefined): string {
  return problem === undefined ? '' : `${whereIs(problem)}: ${problem.message}`;
}

function withoutStatement({ aspects, noStatement, rule }: TrustWords, trust: Trust): Step[] {
  return aspects.map((aspect) =>
    aspect === 'principal'
      ? fail('trust-principal', bounded(`${noStatement}${namedWords(trust)}`), rule)
      : leftOut(CHECK[aspect], 'No statement of the trust policy is about this.'),
  );
}

const MOST_NAMED = 3;

/** Whom the policy lets in instead, where it says so in a few names. */
function namedWords({ policy }: Trust): string {
  const named = (policy?.statements ?? []).flatMap(({ effect, principal }) =>
    effect === 'Allow' && principal?.negated === false ? principal.entries.map(({ value }) => value) : [],
  );
  const names = [...new Set(named)];
  return names.length === 0 || names.length > MOST_NAMED ? '' : ` It names ${names.join(', ')}.`;
}

function aspectStep(
  aspect: Aspect,
  { flaws, open, statement }: Inspection,
  holds: TrustWords['holds'],
  rule: string,
): Step {
  const flaw = rootFlaw(flaws.filter((one) => one.aspect === aspect));
  const name = `Statement ${statement.index + 1}`;
  if (flaw !== undefined) return fail(CHECK[aspect], flaw.detail, flaw.rule ?? rule);
  const question = open.find((one) => one.aspect === aspect);
  return question === undefined
    ? pass(CHECK[aspect], `${name}: ${holds[aspect]}`)
    : unknown(CHECK[aspect], `${name}: ${question.detail}`);
}

function denyStep({ outcome, denied, deniedWhy = '', nearest, tagless }: TrustAnswer, rule: string): Step {
  if (denied !== null && tagless === true) {
    const detail = `Statement ${denied + 1} denies requests without the right session tags, and the association has session tags off.`;
    return fail('trust-deny', detail, 'no-tagless-tag-condition');
  }
  if (denied !== null)
    return fail('trust-deny', `Statement ${denied + 1} denies it, whatever others allow${deniedWhy}.`, rule);
  if (outcome === 'undecided' && nearest?.flaws.length === 0 && nearest.open.length === 0) {
    return unknown(
      'trust-deny',
      'A Deny statement may apply: it depends on a value that only the request itself carries.',
    );
  }
  return pass('trust-deny', 'No Deny statement applies.');
}
