import * as z from 'zod';
import type { Verdict } from '../applying.ts';
import type { Plan } from '../plan.ts';
import type { KeptPlan } from '../repairs/kept-plan.ts';
import type { Reading } from './reading.ts';

/** The first fix of a rule in an account, and what became of it. */
export const canarySchema = z.strictObject({
  plan: z.string(),
  state: z
    .enum(['running', 'verified', 'failed', 'gone'])
    .describe('gone: it wrote nothing, and somebody else goes first'),
  at: z.iso.datetime(),
});

export type Canary = z.infer<typeof canarySchema>;

interface CanaryPlan {
  readonly plan: Pick<Plan, 'answers' | 'changes'>;
  readonly origin: Pick<KeptPlan['origin'], 'takesBack'>;
}

/**
 * Under which names a plan takes its turn in an account: the rules that it answers; steps of migrations and the like,
 * which answer none, by the kinds of their changes where they change a trust policy, since there is one for each role.
 * The way back waits for nobody: what stood before is known, and a fix of its kind that failed is a reason to go it.
 */
export function canaryNames({ plan: { answers, changes }, origin }: CanaryPlan): string[] {
  if (origin.takesBack !== undefined) return [];
  if (answers.length > 0) return [...new Set(answers.map(({ rule }) => rule))].sort();
  const kinds = [...new Set(changes.map(({ kind }) => kind))].sort();
  return kinds.includes('trust-policy') ? [`asked: ${kinds.join(', ')}`] : [];
}

/** A verified canary speaks for so long; after that another one goes first. A failed one bars others as long. */
const SPEAKS_HOURS = 24;
/** A canary that neither ended nor failed is given up after this. */
const RUNS_HOURS = 2;

/** What the canary of a rule means for a plan: it may go, it has to go first itself, or it has to wait. */
export type CanaryTurn = 'goes' | 'goes-first' | 'waits' | 'barred';

export function canaryTurn(canary: Canary | null, plan: string, now: Date): CanaryTurn {
  if (canary === null) return 'goes-first';
  if (canary.plan === plan && canary.state !== 'gone') return canary.state === 'failed' ? 'barred' : 'goes';
  const hours = (now.getTime() - Date.parse(canary.at)) / 3_600_000;
  switch (canary.state) {
    case 'running':
      return hours < RUNS_HOURS ? 'waits' : 'goes-first';
    case 'verified':
      return hours < SPEAKS_HOURS ? 'goes' : 'goes-first';
    case 'failed':
      return hours < SPEAKS_HOURS ? 'barred' : 'goes-first';
    case 'gone':
      return 'goes-first';
  }
}

/** `turn`: whose turn it is, after a plan that has to go first took its place. */
export function decideCanary(turn: Reading<CanaryTurn>): Verdict {
  if (!turn.known)
    return { allowed: false, reason: `the canary could not be read (${turn.reason})`, later: true };
  switch (turn.value) {
    case 'goes':
    case 'goes-first':
      return { allowed: true };
    case 'waits':
      return {
        allowed: false,
        reason: 'another fix of its kind goes first and is not verified yet',
        later: true,
      };
    case 'barred':
      return {
        allowed: false,
        reason: 'the first fix of its kind was taken back within the last day: look at it first',
      };
  }
}
