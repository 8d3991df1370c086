import type { Verdict } from '../applying.ts';
import type { Plan } from '../plan.ts';

/**
 * What a plan has to show before anything of it is written: it has no blockers, and neither does it fail to admit whom it
 * is for nor admit anybody else. The rest (who loses access, what the account gains) is for the approver to weigh, and
 * for `auto` to insist on.
 */
export function decideProof({ blockers, proof }: Pick<Plan, 'blockers' | 'proof'>): Verdict {
  const [blocker] = blockers;
  if (blocker !== undefined) return { allowed: false, reason: `the plan itself says why not: ${blocker}` };
  const failed = proof.shown.find(
    ({ claim, holds }) =>
      holds === 'no' && (claim === 'intended-in-after' || claim === 'after-in-before-or-intended'),
  );
  if (failed === undefined) return { allowed: true };
  const witness = failed.witness === undefined ? '' : `: ${failed.witness}`;
  return { allowed: false, reason: `its proof fails (${failed.claim} of ${failed.target})${witness}` };
}
