import * as z from 'zod';
import { causeSchema } from '../findings/cause.ts';
import { type Scope, scopeKey, scopeSchema, shortName } from './scope.ts';

/** The longest list of causes that travels with an evaluation; what is beyond is only counted. */
export const MOST_CAUSES = 5;

/** Input of the state machine `Reevaluate`. */
export const evaluationSchema = z.strictObject({
  /** Name of the execution: the same for every delivery of the same request. */
  name: z.string().regex(/^[\w-]{1,80}$/),
  scope: scopeSchema,
  /** Newest first. */
  causes: z.array(causeSchema).min(1).max(MOST_CAUSES),
  /** How many events asked for it, `causes` included. */
  events: z.number().int().positive(),
  /** SHA-256 of the trust policies that the newest events wrote to a role, whitespace and key order apart; empty: not known. */
  expected: z.array(z.string().max(64)).max(MOST_CAUSES),
  /** Whether the newest event that made or deleted the role, or the issuer's provider, left it there; absent: not known. */
  presence: z.enum(['present', 'absent']).optional(),
});

export type Evaluation = z.infer<typeof evaluationSchema>;

/**
 * Name of an execution for a scope and a request number: at most 80 characters that Step Functions takes, readable at
 * the front, distinct for scopes that read alike.
 */
export function evaluationName(scope: Scope, requested: string, hash: (text: string) => string): string {
  const readable = `${scope.account}-${shortName(scope)}`.replace(/[^\w-]/g, '-').slice(0, 44);
  return `${readable}-${hash(scopeKey(scope)).slice(0, 12)}-${requested}`.slice(0, 80);
}
