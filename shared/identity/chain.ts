/** The common language of the chains: steps, the verdict over them, the reason and the repair. */

type StepStatus = 'pass' | 'fail' | 'unknown' | 'not-evaluated';

/** The side on which a step is decided. */
export type Side = 'aws' | 'kubernetes';

export interface Step {
  /** Stable name of the check, listed in docs/checks.md. */
  readonly check: string;
  readonly side: Side;
  readonly status: StepStatus;
  /** What was found, or what would decide it, one sentence. */
  readonly detail: string;
  /** The rule that names this failure, only where status is `fail` and a rule covers the step. */
  readonly rule?: string;
}

export type Verdict = 'works' | 'broken' | 'unknown';

/** The smallest repair, in words, and as the policy before and after where the trust policy is what changes. */
export interface Repair {
  readonly text: string;
  readonly before?: string;
  readonly after?: string;
}

/** Any fail gives broken, else any unknown gives unknown, else works; `not-evaluated` changes nothing. */
export function verdictOf(steps: readonly Step[]): Verdict {
  if (steps.some((step) => step.status === 'fail')) return 'broken';
  if (steps.some((step) => step.status === 'unknown')) return 'unknown';
  return 'works';
}
