import * as z from 'zod';
import { causeSchema } from '../findings/cause.ts';
import { scopeSchema } from './scope.ts';

/** The longest list of causes that is kept for a scope; what is beyond is only counted. */
export const MOST_CAUSES = 5;

/** Somebody asks for a scope to be judged again, after these events. */
export const scopeRequestSchema = z.strictObject({
  scope: scopeSchema,
  /** Newest first; empty when no event asked, but a scan that left the account to the events' own evaluations. */
  causes: z.array(causeSchema).max(MOST_CAUSES),
  /** How many events asked for it, `causes` included. */
  events: z.number().int().nonnegative(),
  /** SHA-256 of the trust policies that the newest events wrote to a role, whitespace and key order apart; empty: not known. */
  expected: z.array(z.string().max(64)).max(MOST_CAUSES),
  /** Whether the newest event that made or deleted the role, or the issuer's provider, left it there; absent: not known. */
  presence: z.enum(['present', 'absent']).optional(),
  /** When the newest write of the role's trust policy was, and the newest event that made or deleted; absent: none was. */
  writtenAt: z.iso.datetime().optional(),
  madeAt: z.iso.datetime().optional(),
  /** When the oldest of all these writes of the trust policy was: what was before it is what the change is compared with. */
  firstWrittenAt: z.iso.datetime().optional(),
});

export type ScopeRequest = z.infer<typeof scopeRequestSchema>;
