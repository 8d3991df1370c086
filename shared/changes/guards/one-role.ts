import type { Verdict } from '../applying.ts';
import { type Change, targetKey } from '../change.ts';

/**
 * A plan changes the trust policy of one role at most: fixes on many roles are as many plans, so that the first is
 * verified before the second is begun (canary), and one that fails takes back itself and no other.
 */
export function decideOneRole(changes: readonly Change[]): Verdict {
  const roles = new Set(changes.filter(({ kind }) => kind === 'trust-policy').map(targetKey));
  if (roles.size <= 1) return { allowed: true };
  return {
    allowed: false,
    reason: `it changes the trust policies of ${roles.size} roles: make a plan for each, so that one goes first`,
  };
}
