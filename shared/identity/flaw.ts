/** What keeps one statement from applying to one request, part by part, each with the edit that would mend it. */
import type { Statement } from '../iam/policy.ts';
import { rankOf, type TrustRule } from './fault.ts';
import type { PolicyEdit } from './policy-edit.ts';

/** The part of a statement that a flaw is in. */
export type Aspect = 'principal' | 'action' | 'audience' | 'subject' | 'conditions';

/** Rules that a statement's part can break. */
export type FlawRule = TrustRule | 'no-tagless-tag-condition';

export interface Flaw {
  readonly aspect: Aspect;
  /** Null: the statement is sound, and means someone else. */
  readonly rule: FlawRule | null;
  readonly detail: string;
  readonly pointer: string;
  /** The text at fault: tells flaws of one rule apart. */
  readonly value: string;
  /** How far from right: small for slips of the pen, large for a statement about something else. */
  readonly weight: number;
  /** What to do in words, where the usual remedy of the rule would lead astray. */
  readonly remedy?: string;
  /** Empty where no edit of the statement is offered. */
  readonly edits: readonly PolicyEdit[];
}

/** A condition whose value no one can know beforehand. */
export interface OpenQuestion {
  readonly aspect: Aspect;
  readonly detail: string;
}

/** One Allow statement held against one request. */
export interface Inspection {
  readonly statement: Statement;
  readonly flaws: readonly Flaw[];
  readonly open: readonly OpenQuestion[];
}

/** The flaw that names the root cause: by the order of rules, then by the order of parts. */
export function rootFlaw(flaws: readonly Flaw[]): Flaw | undefined {
  return [...flaws].sort((a, b) => rankOf(a.rule ?? '') - rankOf(b.rule ?? ''))[0];
}

/** Total distance of a statement from what is asked of it. */
export function weightOf(inspection: Inspection): number {
  return inspection.flaws.reduce((sum, flaw) => sum + flaw.weight, 0);
}
