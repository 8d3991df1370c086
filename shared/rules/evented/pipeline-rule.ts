import type { Kind } from '../../findings/finding.ts';

/** A rule that no single snapshot decides: it takes the events and the stored findings that only the pipeline has. */
export interface PipelineRule {
  /** `PT-…`, given once and never reused. */
  readonly number: `PT-${number}`;
  readonly name: string;
  readonly kind: Kind;
  readonly fix: 'guarded' | 'manual';
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
  /** When it fails, when it passes, and when it stays undecided. */
  readonly verdicts: string;
  readonly references: readonly string[];
}
