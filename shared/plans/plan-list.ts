import * as z from 'zod';
import { digestOf, planSchema } from '../changes/plan.ts';
import type { PlanRow } from './plan-rows.ts';

/** What `podtrust plan --output json` prints. */
export const planListSchema = z.strictObject({
  plans: z.array(z.strictObject({ digest: z.string(), plan: planSchema })),
  declined: z
    .array(z.strictObject({ fingerprint: z.string(), rule: z.string(), reasons: z.array(z.string()) }))
    .describe('Findings of guarded rules for which no change is safe, and what is missing'),
});

export type PlanList = z.infer<typeof planListSchema>;

/** Plans by their digests, and what was declined. `sha256` gives the hash of a text in hex. */
export function planListOf(rows: readonly PlanRow[], sha256: (text: string) => string): PlanList {
  return {
    plans: rows.flatMap(({ result }) =>
      result.kind === 'plan' ? [{ digest: digestOf(result.plan, sha256), plan: result.plan }] : [],
    ),
    declined: rows.flatMap(({ finding: { fingerprint, rule }, result }) =>
      result.kind === 'declined' ? [{ fingerprint, rule, reasons: [...result.reasons] }] : [],
    ),
  };
}
