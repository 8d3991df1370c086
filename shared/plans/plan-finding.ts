import { findingOf } from '../audit/audit.ts';
import type { Finding } from '../findings/finding.ts';
import type { Failure } from '../rules/define-rule.ts';
import { assemble } from './assemble.ts';
import { coveredBy, type PlannedFinding } from './covered.ts';
import type { Draft } from './draft.ts';
import { draftRestore } from './drafts/restore-trust.ts';
import { failuresIn } from './failures-in.ts';
import type { PlanContext, Planned, PlanResult } from './plan-context.ts';
import { resolves } from './resolves.ts';

export type { PlanContext, PlanResult } from './plan-context.ts';

/** A finding that has a planner: its rule is guarded. */
export interface Plannable {
  readonly finding: Finding;
  readonly draft: () => Draft;
  /** What the finding was made of; absent for findings of the pipeline. */
  readonly failure?: Failure;
}

/**
 * Plans the repair of one finding. The finding is found anew in the estate: one that is no longer there is `not-found`,
 * one whose rule has no planner is declined. Never throws.
 */
export function planFinding(fingerprint: string, context: PlanContext): PlanResult {
  const { plannable, others } = plannableIn(context);
  const found = plannable.get(fingerprint);
  if (found !== undefined) return planOf(found, context);
  const rule = others.get(fingerprint);
  if (rule === undefined) return { kind: 'not-found' };
  return { kind: 'declined', reasons: [`Findings of ${rule} are repaired by hand: its page says how.`] };
}

const plans = new WeakMap<PlanContext, Map<string, Planned>>();

/** Plans the repair of a finding that was just made; what is known and the same is planned once. */
export function planOf(plannable: Plannable, context: PlanContext): Planned {
  let known = plans.get(context);
  if (known === undefined) {
    known = new Map();
    plans.set(context, known);
  }
  const { fingerprint } = plannable.finding;
  let planned = known.get(fingerprint);
  if (planned === undefined) {
    planned = planAnew(plannable, context);
    known.set(fingerprint, planned);
  }
  return planned;
}

function planAnew({ finding, draft, failure }: Plannable, context: PlanContext): Planned {
  const drafted = draft();
  if (drafted.kind === 'declined') return { kind: 'declined', reasons: drafted.reasons };
  const answers = [{ fingerprint: finding.fingerprint, rule: finding.rule }];
  const plan = assemble(drafted, answers, context);
  if (drafted.takesAway === true && plan.intent.source === 'approver') {
    const who = plan.intent.identities.slice(0, 5).join(', ');
    return { kind: 'declined', reasons: [`The edit that should only take access away would let in ${who}.`] };
  }
  if (failure !== undefined && !resolves(failure, plan, context))
    return {
      kind: 'declined',
      reasons: [`The smallest edit leaves the fault where it is: ${finding.remedy}`],
    };
  const other =
    finding.rule === BINDING ? coveredBy({ finding, plan }, plansBeside(finding, context), context) : null;
  if (other !== null)
    return {
      kind: 'declined',
      reasons: [`The plan for ${other.rule} ${other.fingerprint} gives it back: it is the same mistake.`],
    };
  return { kind: 'plan', plan };
}

/** The rule about what the configuration declares: others may name the mistake that keeps it from being effective. */
const BINDING = 'no-missing-binding';

/** Plans for the other findings of a role that are repaired. */
function* plansBeside({ role }: Finding, context: PlanContext): Generator<PlannedFinding> {
  for (const other of plannableIn(context).plannable.values()) {
    const { finding } = other;
    if (finding.role !== role || finding.rule === BINDING) continue;
    if (context.isRepaired?.(finding.fingerprint) === false) continue;
    const made = planOf(other, context);
    if (made.kind === 'plan') yield { finding, plan: made.plan };
  }
}

interface Judged {
  readonly plannable: ReadonlyMap<string, Plannable>;
  /** Names of rules by fingerprint, of findings that have no planner. */
  readonly others: ReadonlyMap<string, string>;
}

const indexes = new WeakMap<readonly Failure[], Judged>();

/** Every finding of the estate that has a planner, by fingerprint; the estate is judged once. */
export function plannableIn(context: PlanContext): Judged {
  const failures = failuresIn(context);
  let index = indexes.get(failures);
  if (index === undefined) {
    index = indexOf(failures, context);
    indexes.set(failures, index);
  }
  const stored = context.findings ?? [];
  if (stored.length === 0) return index;
  return { ...index, plannable: new Map([...index.plannable, ...restorable(stored, context)]) };
}

function indexOf(failures: readonly Failure[], { hash }: PlanContext): Judged {
  const plannable = new Map<string, Plannable>();
  const others = new Map<string, string>();
  for (const failure of failures) {
    const finding = findingOf(failure, hash);
    if (failure.draft === null) others.set(finding.fingerprint, finding.rule);
    else plannable.set(finding.fingerprint, { finding, draft: failure.draft, failure });
  }
  return { plannable, others };
}

/** Findings that only the pipeline makes, and that keep what they are repaired with. */
function restorable(findings: readonly Finding[], context: PlanContext): [string, Plannable][] {
  return findings
    .filter(({ rule, status }) => rule === 'no-widened-trust' && status !== 'resolved')
    .map((finding) => [finding.fingerprint, { finding, draft: () => draftRestore(finding, context.estate) }]);
}
