import type { CoverageGap, Snapshot } from '../../estate/snapshot.ts';
import { WHOLE_ACCOUNT } from '../join-snapshots.ts';
import type { Joined, JoinedAccount } from './join.ts';
import type { Listed } from './list-accounts.ts';

interface OrganizationPart {
  readonly organization: NonNullable<Snapshot['organization']> | null;
  /** What Organizations did not tell, and one account for all that were not read and are not near. */
  readonly coverage: readonly CoverageGap[];
  /** Whether nothing in the organization hides a cluster. */
  readonly seesEveryCluster: boolean;
}

/**
 * What one account's judgement needs of the organization: the control policies, where the accounts that are judged stand,
 * which of the accounts that it names are members, and whether something hides a cluster. Holds nothing of other accounts,
 * so that it stays the same while they change.
 */
export function organizationFor(
  { account, named, beside }: Pick<JoinedAccount, 'account' | 'named' | 'beside'>,
  { organization, complete, leftOut, coverage }: Listed,
  { unread, hiding }: Joined,
): OrganizationPart {
  const near = new Set([account, ...named, ...beside.map((each) => each.account)]);
  const missing = [...unread.map(({ account: id }) => id), ...leftOut.map(({ account: id }) => id)];
  const far = missing.find((id) => !near.has(id));
  const gaps = [...coverage, ...(far === undefined ? [] : [farGap(far)])];
  if (organization === null) return { organization: null, coverage: gaps, seesEveryCluster: false };
  const { accounts: members = [], controlPolicies, ...rest } = organization;
  const paths = Object.entries(controlPolicies?.paths ?? {}).filter(([id]) => near.has(id));
  return {
    organization: {
      ...rest,
      complete,
      accounts: members.filter((id) => near.has(id)),
      ...(controlPolicies !== undefined && {
        controlPolicies: { ...controlPolicies, paths: Object.fromEntries(paths) },
      }),
    },
    coverage: gaps,
    seesEveryCluster: complete && coverage.length + missing.length + hiding.length === 0,
  };
}

/** That there are accounts which nobody read: the name of one of them stands for all. */
const farGap = (account: string): CoverageGap => ({
  account,
  read: WHOLE_ACCOUNT,
  reason: 'accounts of the organization were not read',
});
