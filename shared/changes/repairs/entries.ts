import * as z from 'zod';
import { type Change, changeSchema } from '../change.ts';

/** A state of any kind of target. */
const state: z.ZodType<Change['before']> = z.union(changeSchema.options.map(({ shape }) => shape.after));

/** What can stand in the history of a plan. */
const EVENTS = [
  'planned',
  'approval-requested',
  'approved',
  'rejected',
  'expired',
  'refused',
  'writing',
  'written',
  'confirmed',
  'already',
  'stale',
  'failed',
  'not-written',
  'undoing',
  'undo-written',
  'undone',
  'undo-failed',
  'applied',
  'verified',
  'not-verified',
  'rolled-back',
  'stopped',
  'unlocked',
  'left-to-owner',
  'by-hand',
] as const;

/** Longer reasons are cut. */
export const LONGEST_REASON = 2000;

/** One line of the audit trail: appended, never changed. */
export const entrySchema = z.strictObject({
  plan: z.string().describe('Digest'),
  number: z.number().int().positive().describe('Position in the history of the plan'),
  at: z.iso.datetime(),
  what: z.enum(EVENTS),
  by: z.string().max(2048).optional().describe('ARN of whoever did or decided it; absent: podtrust'),
  change: z.number().int().nonnegative().optional().describe('Position of the change in the plan'),
  target: z.string().max(8192).optional(),
  before: state.optional().describe('Live state before the write'),
  after: state.optional(),
  reason: z.string().max(LONGEST_REASON).optional(),
});

export type Entry = z.infer<typeof entrySchema>;
export type NewEntry = Omit<Entry, 'number' | 'at'>;

/** Where a plan stands. */
export type Standing =
  /** Nothing of it was begun, or it was taken back on the way; it may be applied. */
  | 'open'
  /** Nobody decided in time, or the approval ran out before anything was written: another approval opens it again. */
  | 'expired'
  /** Written, and not verified yet. */
  | 'applied'
  | 'verified'
  | 'rejected'
  | 'rolled-back'
  /** Some of it may stand, its targets are locked, a person has to look. */
  | 'stopped';

/** Where a plan stands after what happened to it, oldest first. */
export function standingOf(entries: readonly Pick<Entry, 'what'>[]): Standing {
  let standing: Standing = 'open';
  for (const { what } of entries) {
    switch (what) {
      case 'applied':
      case 'verified':
      case 'rejected':
      case 'rolled-back':
      case 'stopped':
      case 'expired':
        standing = what;
        break;
      case 'approved':
        if (standing === 'expired') standing = 'open';
        break;
      case 'unlocked':
        standing = 'rolled-back';
        break;
      default:
    }
  }
  return standing;
}
