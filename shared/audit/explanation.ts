import * as z from 'zod';
import { SEVERITIES } from '../findings/finding.ts';

/** The version of the document that `podtrust explain --output json` prints. */
export const EXPLANATION_VERSION = 1;

const verdict = z.enum(['works', 'broken', 'unknown']);

/** What `podtrust explain --output json` prints: one question, the whole chain, one reason, one repair. */
export const explanationSchema = z.strictObject({
  schemaVersion: z.literal(EXPLANATION_VERSION),
  verdict: verdict.describe('Any failing step gives broken, else any unknown step gives unknown, else works'),
  sides: z
    .strictObject({ aws: verdict, kubernetes: verdict })
    .describe('The same, over the steps that AWS decides and over those that Kubernetes decides'),
  mechanism: z
    .enum(['irsa', 'pod-identity', 'cluster-access', 'none'])
    .describe('How the ServiceAccount gets its credentials'),
  steps: z
    .array(
      z.strictObject({
        check: z.string().describe('Stable name, listed in docs/checks.md'),
        status: z.enum(['pass', 'fail', 'unknown', 'not-evaluated']),
        detail: z.string(),
      }),
    )
    .describe('The chain, in order'),
  reason: z
    .strictObject({
      check: z.string(),
      detail: z.string(),
      rule: z.string().nullable().describe('Null only where no rule covers the step'),
    })
    .nullable()
    .describe('Why it is broken: the most specific root cause'),
  secure: z
    .boolean()
    .nullable()
    .describe('False: an exposure of severity low or above applies. Null: not every open rule was decided'),
  exposures: z.array(
    z.strictObject({
      rule: z.string(),
      severity: z.enum(SEVERITIES),
      detail: z.string(),
      fingerprint: z.string().optional(),
    }),
  ),
  repair: z
    .strictObject({
      text: z.string(),
      before: z.string().optional().describe('Trust policy as it is, pretty-printed'),
      after: z.string().optional().describe('Trust policy as it should be'),
    })
    .nullable(),
  notEvaluated: z.array(z.string()).describe('Checks that were left out, by name'),
});

export type Explanation = z.infer<typeof explanationSchema>;
