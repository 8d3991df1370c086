import * as z from 'zod';

/** Input of the state machine `Remediate`: one finding that somebody should look into repairing. */
export const repairSchema = z.strictObject({
  /** Name of the execution: the same for the same life of the same finding. */
  name: z.string().regex(/^[\w-]{1,80}$/),
  account: z.string().regex(/^\d{12}$/),
  fingerprint: z.string().min(1).max(64),
  /** Claims of the snapshots that showed the finding. */
  snapshots: z.array(z.string().max(512)).min(1).max(2000),
});

export type Repair = z.infer<typeof repairSchema>;

/** Input of the steps that follow: the digest of a plan that is kept. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, 'the digest of a plan: 64 hexadecimal digits');

/** Executions of `Remediate`. */
export interface Remediations {
  /** `repeated`: an execution of this name was started before. */
  readonly start: (repair: Repair) => Promise<'started' | 'repeated'>;
}

/** Lets a workflow that waits for a decision go on. */
export interface Callbacks {
  /** False: nobody waits any more. */
  readonly decided: (taskToken: string, verdict: 'approved' | 'rejected') => Promise<boolean>;
}
