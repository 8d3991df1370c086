import { canonicalJson } from '../../changes/change.ts';
import type { PolicyGrant } from '../../identity/access/policies.ts';
import type { Way } from '../../identity/access/ways.ts';
import type { Representation } from './represent.ts';

/** What an approver has to know of an entry that is completed. */
export const UNFINISHED =
  'The entry is there without all of its policies: a migration that ended in between leaves it so, and somebody who means to keep the principal out does too. Make sure that nobody meant it.';

/**
 * The policies that an access entry lacks, where it is in all else what is wanted: as a migration leaves it that ended
 * between an entry and its policies. Null where the entry is complete, or says something else.
 */
export function lackingPolicies(
  { type, username, groups, policies }: Pick<Way, 'type' | 'username' | 'groups' | 'policies'>,
  wanted: Pick<Extract<Representation, { kind: 'entry' }>, 'entry' | 'policies'>,
): readonly PolicyGrant[] | null {
  const { entry } = wanted;
  if (policies === null || groups === null || type !== 'STANDARD' || entry.type !== type) return null;
  if (entry.username !== undefined && entry.username !== username) return null;
  if (canonicalJson([...groups].sort()) !== canonicalJson([...entry.groups].sort())) return null;
  const has = (list: readonly PolicyGrant[], grant: PolicyGrant) =>
    list.some((one) => canonicalJson(one) === canonicalJson(grant));
  if (!policies.every((grant) => has(wanted.policies, grant))) return null;
  const lacking = wanted.policies.filter((grant) => !has(policies, grant));
  return lacking.length === 0 ? null : lacking;
}
