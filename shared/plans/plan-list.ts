import * as z from 'zod';
import { planSchema } from '../changes/plan.ts';

/** What `podtrust plan --output json` prints. */
export const planListSchema = z.strictObject({
  plans: z.array(z.strictObject({ digest: z.string(), plan: planSchema })),
  declined: z
    .array(z.strictObject({ fingerprint: z.string(), rule: z.string(), reasons: z.array(z.string()) }))
    .describe('Findings of guarded rules for which no change is safe, and what is missing'),
});

export type PlanList = z.infer<typeof planListSchema>;
