import * as z from 'zod';
import { causeSchema, foundCauseSchema } from './cause.ts';
import { findingSchema, SEVERITIES } from './finding.ts';
import { trustEffectSchema } from './trust-effect.ts';

export const TRANSITION_VERSION = 1;

/** What can happen to a finding. */
const CHANGES = ['new', 'changed', 'resolved', 'reopened', 'waived'] as const;
export type Change = (typeof CHANGES)[number];

/** One step in the life of a finding: what is published. */
export const transitionSchema = z.strictObject({
  schemaVersion: z.literal(TRANSITION_VERSION),
  id: z.string().describe('The same whenever the same step is told again: drop repeats by it'),
  change: z.enum(CHANGES),
  sequence: z
    .number()
    .int()
    .positive()
    .describe('1 for the first step in the life of this finding, then upwards'),
  finding: findingSchema.describe('As it is after the step; of a resolved one, as it was seen last'),
  before: z
    .strictObject({ status: z.enum(['open', 'waived', 'resolved']), severity: z.enum(SEVERITIES) })
    .nullable()
    .describe('null: not known before'),
  differs: z
    .array(z.string())
    .describe('What differs from before: status, severity, and evidence by its names (evidence.subject)'),
  firstSeen: z.iso
    .datetime()
    .optional()
    .describe('When the finding was seen first, UTC; absent in what older versions wrote'),
  readAt: z.iso.datetime().describe('When the reading began that shows it, UTC'),
  audit: z.string().describe('Name of the audit that found it'),
  causes: z
    .array(causeSchema)
    .describe('The changes that led to the audit, newest first; empty: found by a scan'),
  lastChange: foundCauseSchema
    .optional()
    .describe('Where there are no causes: the last change of it that CloudTrail recorded, if it was asked'),
  effect: trustEffectSchema
    .optional()
    .describe(
      'What the change of the trust policy did to the identities that it admits; absent: it was not changed',
    ),
});

export type Transition = Readonly<z.infer<typeof transitionSchema>>;
