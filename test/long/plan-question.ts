import type { Plan } from '../../shared/changes/plan.ts';

/** An inclusion that a plan's proof claims, to be refuted. */
export interface Question {
  readonly plan: Plan;
  readonly which: 'intended in after' | 'after in before or intended';
  readonly text: string;
  /** Whether somebody comes in, meant or not. */
  readonly unmeant: string;
}
