import type { CoverageGap, Snapshot } from '../../estate/snapshot.ts';
import { WHOLE_ACCOUNT } from '../join-snapshots.ts';
import type { Joined, JoinedAccount } from './join.ts';
import type { Listed } from './list-accounts.ts';

interface OrganizationPart {
  readonly organization: NonNullable<Snapshot['organization']> | null;
  /** What keeps clusters of the organization out of sight, and what Organizations did not tell. */
  readonly coverage: readonly CoverageGap[];
}

/**
 * What one account's judgement needs of the organization: the control policies, where the accounts that are judged stand,
 * which of the accounts that it names are members, and one gap for whatever may hide a cluster. Holds nothing of other
 * accounts, so that it stays the same while they change.
 */
export function organizationFor(
  { account, named, beside }: Pick<JoinedAccount, 'account' | 'named' | 'beside'>,
  { organization, complete, leftOut, coverage }: Listed,
  { unread, hiding }: Joined,
): OrganizationPart {
  if (organization === null) return { organization: null, coverage: [] };
  const { accounts: members = [], controlPolicies, ...rest } = organization;
  const near = new Set([account, ...named, ...beside.map((each) => each.account)]);
  const paths = Object.entries(controlPolicies?.paths ?? {}).filter(([id]) => near.has(id));
  const hidden = [...unread.map(({ account: id }) => id), ...hiding, ...leftOut.map(({ account: id }) => id)];
  return {
    organization: {
      ...rest,
      complete,
      accounts: members.filter((id) => near.has(id)),
      ...(controlPolicies !== undefined && {
        controlPolicies: { ...controlPolicies, paths: Object.fromEntries(paths) },
      }),
    },
    coverage: [...coverage, ...(hidden.length === 0 ? [] : [outOfSight(hidden.find((id) => !near.has(id)))])],
  };
}

/** The gap that keeps an issuer from being called foreign: it names an account that is not judged here, where there is one. */
function outOfSight(hidden: string | undefined): CoverageGap {
  const reason = 'accounts of the organization were not read, or not all of their clusters';
  return hidden === undefined
    ? { read: 'organizations:ListAccounts', reason }
    : { account: hidden, read: WHOLE_ACCOUNT, reason };
}
