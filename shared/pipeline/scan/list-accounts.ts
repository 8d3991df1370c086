import * as z from 'zod';
import type { Config } from '../../config/config.ts';
import type { Deployment } from '../../config/deployment.ts';
import type { ScanConfig } from '../../config/scan.ts';
import { type CoverageGap, type Snapshot, snapshotSchema } from '../../estate/snapshot.ts';
import type { Claims } from '../claims.ts';
import type { Telemetry } from '../telemetry.ts';
import { accountId, type ScanId, scanIdOf, scanKeys } from './scan.ts';
import { type ScanPace, startScanPace } from './scan-pace.ts';

/** What Organizations told of the accounts. */
export interface OrganizationListing {
  /** Accounts that are in use and chosen. */
  readonly accounts: readonly string[];
  /** Accounts that are in use and left out by choice. */
  readonly leftOut: readonly string[];
  /** Accounts that are not read and said to have no clusters. */
  readonly clusterless: readonly string[];
  /** Accounts that are suspended, closed or not yet there. */
  readonly unusable: readonly string[];
  /** Whether the list was read to its end. */
  readonly complete: boolean;
  readonly organization: Omit<NonNullable<Snapshot['organization']>, 'complete'>;
  /** What was not read; a gap that names an account is one of an account in no state to be read. */
  readonly coverage: readonly CoverageGap[];
}

/** Which accounts of the organization are scanned; all of them when it says nothing. */
export type AccountChoice = Pick<ScanConfig, 'units' | 'exceptUnits' | 'exceptAccounts'> &
  Pick<Config['organization'], 'clusterless'>;

export interface ListPorts {
  readonly claims: Claims;
  /** Id of the hub's own account. */
  readonly ownAccount: () => Promise<string>;
  /** Throws OrganizationUnreadableError, and OrganizationFilterError for a choice that names what is not there. */
  readonly organization: (choice: AccountChoice) => Promise<OrganizationListing>;
  readonly deployment: Pick<Deployment, 'members' | 'scan'>;
  /** Accounts of which the configuration says that they have no clusters. */
  readonly clusterless: readonly string[];
  readonly telemetry: Telemetry;
}

/** Everything that a scan knows before it reads an account. */
export const listedSchema = z.strictObject({
  accounts: z.array(accountId),
  /** Accounts that are not read, and why: in no state to be read, or outside the units that are wanted. */
  leftOut: z.array(z.strictObject({ account: accountId, reason: z.string() })),
  /** Accounts that are not read either, and of which the configuration says that they have no clusters. */
  clusterless: z.array(accountId).default([]),
  /** True when every account of the organization is known, scanned or not. */
  complete: z.boolean(),
  organization: snapshotSchema.shape.organization.unwrap().omit({ complete: true }).nullable(),
  coverage: snapshotSchema.shape.coverage,
});

export type Listed = Readonly<z.infer<typeof listedSchema>>;

export interface ListOutput {
  readonly scan: ScanId;
  /** Where the items of the map are that collects. */
  readonly accounts: string;
  /** Accounts that are judged at once. */
  readonly concurrency: number;
  /** How many are read at once, to begin with. */
  readonly pace: ScanPace;
  readonly toleratedFailurePercentage: number;
}

/**
 * Says which accounts are scanned: those of the organization that are in use and chosen, or those of the
 * configuration, and the hub's own. Throws OrganizationUnreadableError when nobody knows which they are: a scan of what
 * is left would look complete.
 */
export function listAccounts(ports: ListPorts) {
  return async (execution: string, startedAt: Date): Promise<ListOutput> => {
    const { claims, deployment, telemetry } = ports;
    const scan = scanIdOf(startedAt, execution);
    const listed = await listedBy(ports);
    await claims.put(scanKeys.listed(scan), JSON.stringify(listed));
    const items = listed.accounts.map((account) => ({ account }));
    await claims.put(scanKeys.accounts(scan), JSON.stringify(items));
    telemetry.count('ScanAccounts', items.length);
    const { concurrency, toleratedFailurePercentage } = deployment.scan;
    const pace = startScanPace(items.length, concurrency);
    return { scan, accounts: scanKeys.accounts(scan), concurrency, pace, toleratedFailurePercentage };
  };
}

async function listedBy(ports: ListPorts): Promise<Listed> {
  const { members, scan } = ports.deployment;
  const named =
    scan.accounts ??
    (members === undefined || 'accounts' in members ? (members?.accounts ?? []) : 'organization');
  const own = await ports.ownAccount();
  if (named === 'organization') return listedOrganization(own, ports);
  const accounts = [...new Set([own, ...named])].sort();
  return { accounts, leftOut: [], clusterless: [], complete: false, organization: null, coverage: [] };
}

async function listedOrganization(
  own: string,
  { organization, deployment, ...ports }: ListPorts,
): Promise<Listed> {
  const { units, exceptUnits, exceptAccounts } = deployment.scan;
  const { accounts, leftOut, clusterless, complete, coverage, ...read } = await organization({
    units,
    exceptUnits,
    exceptAccounts,
    clusterless: [...ports.clusterless],
  });
  const unusable = coverage.flatMap(({ account, reason }) =>
    account === undefined ? [] : [{ account, reason }],
  );
  return {
    accounts: [...new Set([own, ...accounts])].sort(),
    leftOut: [
      ...unusable,
      ...leftOut
        .filter((account) => account !== own)
        .map((account) => ({ account, reason: 'left out by the configuration' })),
    ],
    clusterless: clusterless.filter((account) => account !== own),
    complete,
    organization: {
      ...read.organization,
      accounts: [...new Set([...accounts, ...leftOut, ...clusterless, ...read.unusable])].sort(),
    },
    coverage: coverage.filter(({ account }) => account === undefined),
  };
}
