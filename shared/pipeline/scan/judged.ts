import * as z from 'zod';
import { SEVERITIES } from '../../findings/finding.ts';
import { keptDetailsSchema } from './details.ts';
import { accountId } from './scan.ts';

/** One step in the life of a finding that the scan told. */
const scanTransitionSchema = z.strictObject({
  change: z.enum(['new', 'changed', 'resolved']),
  fingerprint: z.string(),
  rule: z.string(),
  severity: z.enum(SEVERITIES),
});

export type ScanTransition = Readonly<z.infer<typeof scanTransitionSchema>>;

/** What became of an account that was read. */
export const judgedSchema = z.strictObject({
  account: accountId,
  outcome: z.enum(['judged', 'unchanged', 'left-to-events']),
  /** `first`: no scan judged it before. `settings`: something that judges has changed since. `same`: only what was read can have. */
  since: z.enum(['first', 'settings', 'same']),
  /** The first of them, the most severe first; `count` are all. */
  transitions: z.array(scanTransitionSchema),
  count: z.number().int().nonnegative(),
  undecided: z.number().int().nonnegative(),
  /** Of an account that has not changed: those of the scan that judged it. Absent: none are remembered. */
  details: keptDetailsSchema.optional(),
});

export type Judged = Readonly<z.infer<typeof judgedSchema>>;

/** The longest list of transitions that is kept of one account. */
export const MOST_TRANSITIONS = 100;
