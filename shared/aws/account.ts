import type { Account, Region } from '../estate/snapshot.ts';
import type { AccountReader } from './account-reader.ts';
import { present } from './reading.ts';
import { readAccountDetails } from './reads/account-details.ts';
import { readQuotas } from './reads/account-summary.ts';
import { readRegion } from './reads/clusters.ts';
import { readOidcProviders } from './reads/oidc-providers.ts';
import { readRegions } from './reads/regions.ts';
import { readTrails } from './reads/trails.ts';

/**
 * Everything of one account. `only` limits where clusters are looked for: other enabled regions stay in the snapshot
 * without clusters, which says that they were not read.
 */
export async function readAccount(
  account: AccountReader,
  only: ReadonlySet<string> | undefined,
): Promise<Account> {
  const regions = readRegions(account).then((enabled) => {
    const names = [...new Set([...enabled, ...(only ?? [])])];
    return Promise.all(
      names.map(
        async (name): Promise<Region> =>
          only === undefined || only.has(name) ? readRegion(account, name) : { name },
      ),
    );
  });
  const clusterRegions = regions.then((all) =>
    all.filter(({ clusters }) => clusters !== undefined && clusters.length > 0).map(({ name }) => name),
  );
  const [wide, all] = await Promise.all([readAccountWide(account, clusterRegions), regions]);
  return { ...wide, regions: all };
}

/** What an account has but its regions and clusters; `clusterRegions`: where it has clusters, for its trails. */
export async function readAccountWide(
  account: AccountReader,
  clusterRegions: Promise<readonly string[]>,
): Promise<Account> {
  const [details, quotas, oidcProviders, trails] = await Promise.all([
    readAccountDetails(account),
    readQuotas(account),
    readOidcProviders(account),
    readTrails(account, clusterRegions),
  ]);
  return present({ id: account.id, partition: account.partition, ...details, quotas, oidcProviders, trails });
}

/** True when some read of identity data succeeded: names of regions alone tell nothing. */
export function wasRead(account: Account): boolean {
  return (
    account.roles !== undefined ||
    account.oidcProviders !== undefined ||
    account.quotas !== undefined ||
    account.trails !== undefined ||
    (account.regions ?? []).some(({ clusters }) => clusters !== undefined)
  );
}
