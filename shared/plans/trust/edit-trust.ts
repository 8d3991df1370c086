import type { ChangeOf } from '../../changes/change.ts';
import { preserveStatements } from '../../changes/trust/preserve.ts';
import type { RoleView } from '../../estate/estate.ts';
import { parsePolicy } from '../../iam/parse.ts';
import { DEFAULT_TRUST_LENGTH, minifiedLength } from '../../iam/policy-length.ts';
import type { Repair } from '../../identity/chain.ts';
import { isServiceLinked } from '../../rules/doors/role-kinds.ts';
import { type Declined, type Drafted, declined } from '../draft.ts';
import { fitted } from './fit.ts';

/** The change that a repair of a role's trust policy means, as text that keeps every other statement, or why there is none. */
export function trustChange(role: RoleView, repair: Repair): ChangeOf<'trust-policy'> | Declined {
  const before = role.role.trustPolicy;
  if (isServiceLinked(role))
    return declined(`${role.role.arn} belongs to a service of AWS, which alone changes it.`);
  if (repair.after === undefined) return declined(repair.text);
  const after = preserveStatements(before, repair.after);
  if (after === null || parsePolicy(after, 'trust').policy === null)
    return declined(`No edit of single statements of ${role.role.arn} does it: ${repair.text}`);
  const quota = role.account.account.quotas?.trustPolicyLength ?? DEFAULT_TRUST_LENGTH;
  const fit = fitted(before, after, quota);
  if (fit === null)
    return declined(
      `The trust policy of ${role.role.arn} would have ${minifiedLength(after)} characters, and the account allows ${quota}: take out what is not used, or ask for a higher quota.`,
    );
  return {
    kind: 'trust-policy',
    target: { account: role.account.id, arn: role.role.arn },
    before,
    after: fit,
  };
}

/** The draft of an edit of one trust policy. */
export function draftTrust(
  role: RoleView,
  repair: Repair,
  { title, wish, ...rest }: Pick<Drafted, 'title' | 'wish' | 'approval' | 'notes' | 'unknowns' | 'takesAway'>,
): Drafted | Declined {
  const change = trustChange(role, repair);
  if (change.kind === 'declined') return change;
  if (change.after === change.before) return declined('The trust policy says so already.');
  return { kind: 'draft', title, wish, changes: [change], ...rest };
}
