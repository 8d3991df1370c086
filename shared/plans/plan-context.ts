import type { Plan } from '../changes/plan.ts';
import type { Config } from '../config/config.ts';
import type { Estate } from '../estate/estate.ts';
import type { Finding } from '../findings/finding.ts';

/** What planning needs to know. */
export interface PlanContext {
  readonly estate: Estate;
  readonly config: Config;
  /** Hexadecimal SHA-256 of a text. */
  readonly hash: (text: string) => string;
  /** ISO time: a plan says when it was made. */
  readonly now: string;
  /** Open findings that only the pipeline makes (no-widened-trust), which keep their own before-image. */
  readonly findings?: readonly Finding[];
  /** Whether a finding is repaired by a plan of its own now; absent: each that has a planner is. */
  readonly isRepaired?: (fingerprint: string) => boolean;
  /** What podtrust recorded as effective for a role before it broke, in words; shown to whoever decides. */
  readonly effectiveBefore?: (role: string) => string | undefined;
}

/** What a planner makes of a finding that is there. */
export type Planned =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'declined'; readonly reasons: readonly string[] };

/** A plan for one finding, or why there is none. */
export type PlanResult = Planned | { readonly kind: 'not-found' };
