import type { Config } from '../config/config.ts';
import type { Snapshot } from '../estate/snapshot.ts';
import type { Evidence, Kind, Severity, Where } from '../findings/finding.ts';
import type { Repair } from '../identity/chain.ts';
import type { Draft } from '../plans/draft.ts';
import { placeOf } from './places.ts';
import { bounded, publishedEvidence } from './published-evidence.ts';
import type { Scope } from './scope.ts';
import { type KubernetesNeed, type Need, unreadSubjects } from './unread-subjects.ts';
import type { Facts, Verdict } from './verdict.ts';

/** A small estate that shows the rule at work; the documentation prints it and the tests execute it. */
export interface Example {
  /** One sentence. */
  readonly title: string;
  readonly snapshot: Snapshot;
  readonly config?: Partial<Config>;
  /** What to print of it: the policy or the part of the estate that matters. */
  readonly show: string;
}

export interface Examples {
  readonly fails: Example;
  readonly passes: Example;
}

interface Description {
  /** `PT-…`, given once and never reused. */
  readonly number: `PT-${number}`;
  readonly name: string;
  readonly kind: Kind;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  /** Addresses of the AWS pages that the rule rests on. */
  readonly references: readonly string[];
}

interface Judgement<S, E extends Facts> {
  /** Lists that hold the subjects: for an account that lacks one of them the rule as a whole is undecided. */
  readonly needs: readonly Need[];
  /** Lists of Kubernetes that some of its checks rest on besides: without them those are undecided. */
  readonly weighs?: readonly KubernetesNeed[];
  /** A failing and a passing estate, made when asked for. */
  readonly examples: () => Examples;
  /** What the rule looks at; everything else is not applicable. */
  readonly subjects: (scope: Scope) => Iterable<S>;
  /** How many more subjects there are that need no check: most of an estate is sound. */
  readonly sound?: (scope: Scope) => number;
  readonly where: (subject: S) => Where;
  readonly check: (subject: S, scope: Scope) => Verdict<E>;
  readonly severity: (evidence: NoInfer<E>, subject: NoInfer<S>) => Severity;
  readonly message: (evidence: NoInfer<E>, subject: NoInfer<S>) => string;
  readonly consequences?: (evidence: NoInfer<E>, subject: NoInfer<S>) => readonly string[];
  /** What tells two findings of this rule at one place apart: meaning (subject, provider), never position or Sid. */
  readonly identity: (evidence: NoInfer<E>, subject: NoInfer<S>) => readonly string[];
}

interface Guarded<S, E extends Facts> extends Description, Judgement<S, E> {
  readonly fix: 'guarded';
  readonly repair: (evidence: NoInfer<E>, subject: NoInfer<S>) => Repair;
  /** The repair as changes; what cannot be changed safely is declined with what is missing. Never throws. */
  readonly plan: (evidence: NoInfer<E>, subject: NoInfer<S>, scope: Scope, repair: Repair) => Draft;
}

interface Unguarded<S, E extends Facts> extends Description, Judgement<S, E> {
  readonly fix: 'manual' | 'delegated';
  readonly repair?: never;
  readonly plan?: never;
}

/** A failed check, before it becomes a finding. */
export interface Failure {
  readonly verdict: 'fail';
  readonly rule: Rule;
  readonly severity: Severity;
  readonly where: Where;
  readonly detail: string;
  readonly evidence: Evidence;
  readonly consequences: readonly string[];
  readonly identity: readonly string[];
  readonly repair: Repair | null;
  /** Makes the changes that repair it; null where only a person can. */
  readonly draft: (() => Draft) | null;
}

/** A check that could not be decided. */
export interface Undecided {
  readonly verdict: 'unknown';
  readonly rule: Rule;
  readonly where: Where;
  readonly read: string;
  readonly reason: string;
  /** True when the subjects themselves were not read: the rule is undecided for the whole account. */
  readonly whole: boolean;
}

/** What a rule says about a scope; passes are counted only, since most of an estate is sound. */
interface Judged {
  readonly failures: readonly Failure[];
  readonly undecided: readonly Undecided[];
  readonly passed: number;
}

/** A rule of the registry, its subject and evidence types closed over. */
export interface Rule extends Description {
  /** Lists that hold its subjects. */
  readonly needs: readonly Need[];
  /** Lists of Kubernetes without which some of its checks are undecided. */
  readonly weighs: readonly KubernetesNeed[];
  readonly fix: 'guarded' | 'manual' | 'delegated';
  readonly examples: () => Examples;
  readonly judge: (scope: Scope) => Judged;
}

/**
 * Closes a rule's definition over its types, so that the registry is a plain list. A guarded rule has a repair and
 * a planner, the others have neither: the compiler sees to it.
 */
export function defineRule<S, E extends Facts>(definition: Guarded<S, E>): Rule;
export function defineRule<S, E extends Facts>(definition: Unguarded<S, E>): Rule;
export function defineRule<S, E extends Facts>(definition: Guarded<S, E> | Unguarded<S, E>): Rule {
  const { number, name, kind, fix, title, why, remedy, references, examples, needs } = definition;
  const rule: Rule = {
    number,
    name,
    kind,
    fix,
    title,
    why,
    remedy,
    references,
    examples,
    needs,
    weighs: definition.weighs ?? [],
    judge: (scope) => {
      const failures: Failure[] = [];
      const undecided: Undecided[] = unreadSubjects(scope, definition.needs).map((gap) => ({
        ...gap,
        where: placeOf(gap.where),
        rule,
      }));
      let passed = definition.sound?.(scope) ?? 0;
      for (const subject of definition.subjects(scope)) {
        const verdict = definition.check(subject, scope);
        if (verdict.verdict === 'pass') passed += 1;
        else if (verdict.verdict === 'fail') failures.push(failureOf(verdict.evidence, subject, scope));
        else undecided.push({ ...verdict, rule, where: placeOf(definition.where(subject)), whole: false });
      }
      return { failures, undecided, passed };
    },
  };
  const { plan, repair: repairOf } = definition;
  const repaired = (evidence: E, subject: S, scope: Scope): Pick<Failure, 'repair' | 'draft'> => {
    if (repairOf === undefined || plan === undefined) return { repair: null, draft: null };
    const repair = repairOf(evidence, subject);
    return { repair, draft: () => plan(evidence, subject, scope, repair) };
  };
  const failureOf = (evidence: E, subject: S, scope: Scope): Failure => ({
    verdict: 'fail',
    rule,
    severity: definition.severity(evidence, subject),
    where: placeOf(definition.where(subject)),
    detail: bounded(definition.message(evidence, subject)),
    evidence: publishedEvidence(evidence),
    consequences: definition.consequences?.(evidence, subject) ?? [],
    identity: definition.identity(evidence, subject),
    ...repaired(evidence, subject, scope),
  });
  return rule;
}
