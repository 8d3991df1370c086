import { TRAIL_EVENTS } from '../references.ts';
import type { PipelineRule } from './pipeline-rule.ts';

/** A change arrived, and what it changed could not be read. */
export const noUnjudgedChange: PipelineRule = {
  number: 'PT-490',
  name: 'no-unjudged-change',
  kind: 'blind',
  fix: 'manual',
  title: 'A change could not be judged',
  why: 'An event says that a role, cluster, provider or policy was changed, and podtrust could not read what it is now. Whatever the change opened or broke is not known, and silence would read as a pass.',
  remedy:
    'Give podtrust the read that the evidence names (`podtrust permissions` prints the policy of its read role); the next change, or the next scan, judges the account again.',
  verdicts:
    'Fails when an event asked for a scope whose reading failed after all retries. Resolved as soon as the scope was read and judged.',
  references: [TRAIL_EVENTS],
};
