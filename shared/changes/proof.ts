import * as z from 'zod';

const text = z.string().max(4000);

/** One thing that a plan shows: it holds, it does not (with a witness), or it could not be decided. */
const shownSchema = z.strictObject({
  claim: z.enum(['intended-in-after', 'after-in-before-or-intended', 'observed-keep-access', 'account-wide']),
  target: text.describe('ARN of the role, or the account'),
  holds: z.enum(['yes', 'no', 'undecided']),
  witness: text.optional().describe('A call that shows that it does not hold'),
  reason: text.optional().describe('Why it is undecided'),
});

/** Sessions that were replayed against the changed policies. */
const rehearsalSchema = z.strictObject({
  source: z.enum(['pipeline', 'cloudtrail-sample', 'trail', 'none']),
  since: z.iso.datetime({ offset: true }).optional(),
  complete: z.boolean().describe('True when nothing that the source shows was left out'),
  sessions: z.number().int().nonnegative(),
  broken: z.array(text).max(100).describe('Those that would no longer get in'),
});

export const proofSchema = z.strictObject({
  before: z.array(text).describe('Who gets in now, in words'),
  intended: z.array(text),
  after: z.array(text).describe('Who gets in afterwards, in words'),
  shown: z.array(shownSchema),
  rehearsal: rehearsalSchema,
  unknowns: z.array(text).describe('Reads that are missing for a complete proof'),
  adds: z.boolean().describe('True when somebody gets in who does not now'),
  removes: z.boolean().describe('True when somebody no longer gets in'),
});

export type Proof = z.infer<typeof proofSchema>;
export type Shown = Proof['shown'][number];
export type Rehearsal = Proof['rehearsal'];
