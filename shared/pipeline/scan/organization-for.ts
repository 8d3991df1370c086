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
  const hidden = leftOut[0]?.account;
  return {
    organization: {
      ...rest,
      complete,
      accounts: members.filter((id) => near.has(id)),
      ...(controlPolicies !== undefined && {
        controlPolicies: { ...controlPolicies, paths: Object.fromEntries(paths) },
      }),
    },
    coverage: [
      ...coverage,
      ...(unread.length + hiding.length === 0 && hidden === undefined
        ? []
        : [outOfSight(unread[0]?.account ?? hiding[0] ?? hidden, account)]),
    ],
  };
}

/** The gap that keeps an issuer from being called foreign: it names an account that is not judged here. */
function outOfSight(hidden: string | undefined, account: string): CoverageGap {
  const reason = 'accounts of the organization were not read, or not all of their clusters';
  return hidden === undefined || hidden === account
    ? { read: 'organizations:ListAccounts', reason }
    : { account: hidden, read: WHOLE_ACCOUNT, reason };
}
