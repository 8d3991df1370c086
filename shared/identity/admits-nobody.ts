import { admitted } from '../iam/admitted.ts';
import { grantFate } from '../iam/grant-fate.ts';
import type { Policy } from '../iam/policy.ts';

/** True when an Allow statement surely admits nobody: the conditions on a key exclude each other, or Deny statements take all of it. */
export function admitsNobody(policy: Policy, statement: number): boolean {
  const sets = admitted(policy);
  const grants = sets.grants.flatMap((grant, index) => (grant.statement === statement ? [index] : []));
  return (
    grants.length > 0 &&
    grants.every((index) => {
      const fate = grantFate(sets, index);
      return fate.fate === 'denied' || (fate.fate === 'contradictory' && fate.keys.length > 0);
    })
  );
}
