import * as z from 'zod';
import { planSchema } from '../plan.ts';

/** Where a plan comes from. */
const originSchema = z.strictObject({
  /** Claims of the snapshots that it was made from: what verifying compares with. */
  snapshots: z.array(z.string().max(512)).max(2000),
  /** Whether nobody has to approve it, and why not. */
  auto: z.union([
    z.strictObject({ eligible: z.literal(true) }),
    z.strictObject({ eligible: z.literal(false), reasons: z.array(z.string().max(1000)).max(50) }),
  ]),
  /** Where its findings are. */
  account: z.string().regex(/^\d{12}$/),
  clusters: z
    .array(z.strictObject({ account: z.string(), region: z.string(), cluster: z.string() }))
    .max(200)
    .nullable()
    .describe('Every cluster that it is about; null: not known'),
  /** Digest of the plan that it takes back. */
  takesBack: z.string().optional(),
});

/** A plan as it is kept under its digest. */
export const keptPlanSchema = z.strictObject({ plan: planSchema, origin: originSchema });

export type Origin = z.infer<typeof originSchema>;
export type KeptPlan = z.infer<typeof keptPlanSchema>;

/** What is kept under a digest has another one: somebody changed it. */
export class PoisonedPlanError extends Error {
  override readonly name = 'PoisonedPlanError';
  readonly digest: string;
  constructor(digest: string, found: string) {
    super(
      `What is kept as plan ${digest} has the digest ${found}: it was changed after it was made. Nothing of it is applied; make a new plan, and find out who writes to the store.`,
    );
    this.digest = digest;
  }
}

/** No plan of this digest is kept. */
export class UnknownPlanError extends Error {
  override readonly name = 'UnknownPlanError';
  readonly digest: string;
  constructor(digest: string) {
    super(`No plan ${digest} is kept. Check the digest, or store the plan with podtrust apply or approve.`);
    this.digest = digest;
  }
}
