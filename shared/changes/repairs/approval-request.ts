import * as z from 'zod';

/** Somebody waits for the decision on a plan. */
export const approvalRequestSchema = z.strictObject({
  plan: z.string(),
  expires: z.iso.datetime(),
  /** What lets the waiting workflow go on: kept here alone, never sent. */
  taskToken: z.string().max(2048).optional(),
});

export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;
