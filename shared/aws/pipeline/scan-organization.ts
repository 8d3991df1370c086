import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Permission } from '../../lambda/permissions.ts';
import { OrganizationUnreadableError } from '../../pipeline/errors.ts';
import type { AccountChoice, OrganizationListing } from '../../pipeline/scan/list-accounts.ts';
import { DEFAULT_CONCURRENCY } from '../collect-each.ts';
import { startReading } from '../reading.ts';
import { permissions as policyReads } from '../reads/control-policies.ts';
import { readOrganization, permissions as reads } from '../reads/organization.ts';
import { permissions as treeReads } from '../reads/organization-tree.ts';

/** What organizationListing needs; GetCallerIdentity needs nothing (STS API reference). */
export const organizationPermissions: readonly Permission[] = [
  { actions: [...reads.actions, ...treeReads.actions, ...policyReads.actions], on: 'account' },
];

/** Id of the account whose credentials the client has. */
export function ownAccount(client: STSClient): () => Promise<string> {
  return async () => (await client.send(new GetCallerIdentityCommand({}))).Account ?? '';
}

/**
 * Lists the organization with the credentials of its management account or of a delegated administrator. Throws
 * OrganizationUnreadableError when not every account was listed, since a scan of those that were would look like one of
 * all, and OrganizationFilterError for a choice that names what is not there.
 */
export function organizationListing(
  client: OrganizationsClient,
): (choice: AccountChoice) => Promise<OrganizationListing> {
  return async (choice) => {
    const reading = startReading(noClients, DEFAULT_CONCURRENCY, () => {});
    const read = await readOrganization(client, reading, choice);
    if (read === null || !read.complete)
      throw new OrganizationUnreadableError(
        `The accounts of the organization cannot be listed: ${reading.gaps[0]?.reason ?? 'the list ends early'}. Deploy the hub in the management account or in a delegated administrator's, or name the accounts in \`deployment.scan.accounts\`.`,
      );
    return { ...read, coverage: reading.gaps };
  };
}

const noClients = (): never => {
  throw new RangeError('Listing an organization needs no other clients.');
};
