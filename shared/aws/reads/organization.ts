import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import type { Snapshot } from '../../estate/snapshot.ts';
import type { Permissions } from '../permission.ts';
import type { Reading } from '../reading.ts';
import { readControlPolicies } from './control-policies.ts';
import { chosenAccounts, type OrganizationFilter } from './organization-filter.ts';
import { readTree } from './organization-tree.ts';

export const permissions: Permissions = {
  actions: ['organizations:DescribeOrganization', 'organizations:ListAccounts'],
  for: 'organization',
};

type Organization = NonNullable<Snapshot['organization']>;

/** What Organizations tells: the accounts that can be read, and what of the organization a snapshot keeps. */
export interface OrganizationReading {
  /** Ids of the accounts that are in use and chosen. */
  readonly accounts: readonly string[];
  /** Ids of the accounts that are in use and were left out by choice. */
  readonly leftOut: readonly string[];
  /** Ids of the accounts that are not read and said to have no clusters; they are in neither of the other two. */
  readonly clusterless: readonly string[];
  /** Ids of the accounts that are suspended, closed or not yet there: of the organization all the same. */
  readonly unusable: readonly string[];
  /** True when the list of accounts was read to its end. */
  readonly complete: boolean;
  readonly organization: Omit<Organization, 'complete'>;
}

/** States in which an account holds nothing that could be judged. */
const GONE: ReadonlySet<string> = new Set(['CLOSED', 'PENDING_ACTIVATION']);

/**
 * Reads the organization with the credentials of its management account or of a delegated administrator (Organizations
 * API reference): accounts, the tree above them, and the control policies with what they are attached to. Null when the
 * accounts cannot be listed; a later read that fails is a gap, and then the policies count as not read. Throws
 * OrganizationFilterError for a filter that names what is not there, or that needs a tree that was not read.
 */
export async function readOrganization(
  client: OrganizationsClient,
  reading: Reading,
  filter: OrganizationFilter = {},
): Promise<OrganizationReading | null> {
  const list = await reading.pages('organizations:ListAccounts', {}, async (NextToken) => {
    const { Accounts, NextToken: next } = await client.send(new ListAccountsCommand({ NextToken }));
    return { items: Accounts, next };
  });
  if (list === undefined) return null;
  const accounts: string[] = [];
  const unusable: string[] = [];
  const clusterless: string[] = [];
  const hidesNothing = new Set(filter.clusterless);
  for (const { Id: account, State, Status } of list.items) {
    if (account === undefined) continue;
    // `Status` is retired, and older endpoints know nothing else (Organizations API reference, Account).
    const state = State ?? Status ?? 'unknown';
    if (state === 'ACTIVE') {
      accounts.push(account);
      continue;
    }
    if (hidesNothing.has(account)) {
      clusterless.push(account);
      continue;
    }
    unusable.push(account);
    if (!GONE.has(state)) reading.gap('sts:AssumeRole', { account }, `the account is ${state.toLowerCase()}`);
  }
  const described = await reading.one('organizations:DescribeOrganization', {}, async () =>
    client.send(new DescribeOrganizationCommand({})),
  );
  const { Id: id, MasterAccountId: managementAccount } = described?.Organization ?? {};
  const tree = await readTree(client, reading);
  const { chosen, leftOut } = chosenAccounts(
    accounts.sort(),
    new Set(list.items.map(({ Id }) => Id)),
    tree,
    filter,
  );
  const controlPolicies = tree && (await readControlPolicies(client, reading, tree));
  return {
    accounts: chosen,
    leftOut: leftOut.filter((account) => !hidesNothing.has(account)),
    clusterless: [...clusterless, ...leftOut.filter((account) => hidesNothing.has(account))].sort(),
    unusable: unusable.sort(),
    complete: list.complete,
    organization: {
      ...(id !== undefined && { id }),
      ...(managementAccount !== undefined && { managementAccount }),
      ...(controlPolicies !== null && { controlPolicies }),
    },
  };
}
