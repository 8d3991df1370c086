import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { CoverageGap, Snapshot } from '../estate/snapshot.ts';
import { ACCOUNTS_AT_ONCE, type Bounds } from '../pipeline/pace.ts';
import { heeded } from './accounts/heeded.ts';
import {
  type AccountReading,
  type KeptReadings,
  keepNothing,
  type ReadingScope,
} from './accounts/kept-readings.ts';
import { accountsAtWork } from './accounts/read-accounts.ts';
import { readOneOf } from './accounts/read-one.ts';
import type { Clients } from './clients.ts';
import { credentialsError } from './credentials-error.ts';
import { AccountIdError } from './errors.ts';
import type { ReadKubernetes } from './kubernetes-reader.ts';
import { type Progress, tallied } from './progress.ts';
import { type Reading, startReading } from './reading.ts';
import { type Caller, readCaller } from './reads/caller.ts';
import { type OrganizationReading, readOrganization } from './reads/organization.ts';
import type { OrganizationFilter } from './reads/organization-filter.ts';

/** What is read, and how. */
export interface ReadingOptions {
  readonly clients: Clients;
  /** Look for clusters in these regions only. */
  readonly regions?: readonly string[];
  /** Ids of further accounts, read through the read role that the clients know. */
  readonly accounts?: readonly string[];
  /** False: read `accounts` alone, not the caller's own account. */
  readonly ownAccount?: boolean;
  /** Most calls that are under way at once in one account, 16 unless told otherwise. */
  readonly concurrency?: number;
  readonly now: () => Date;
  /** Reads the Kubernetes APIs of clusters, too. */
  readonly kubernetes?: ReadKubernetes;
  /** Reads the organization besides: its accounts are read, and its control policies judged. */
  readonly organization?: OrganizationsClient;
  /** Which of its accounts. */
  readonly filter?: OrganizationFilter;
  /** How many accounts are read at once; 2 to 32, as AWS takes it, unless told otherwise. */
  readonly accountsAtOnce?: Bounds;
  /** Something is looked up in the accounts later: their clients are kept. */
  readonly comeBack?: boolean;
  /** Keeps what was read of each account, for a collection that is interrupted. */
  readonly kept?: (scope: ReadingScope) => Promise<KeptReadings>;
}

/** What is known once all accounts were read. */
export interface ReadAccounts {
  readonly caller: Caller;
  /** When the collection began. */
  readonly takenAt: string;
  /** What of the organization a snapshot keeps; undefined when it was not read. */
  readonly organization: Snapshot['organization'];
  /** What failed outside of accounts. */
  readonly coverage: readonly CoverageGap[];
  /** Begins a reading of something else with the same clients and progress. */
  readonly begin: () => Reading;
}

export const DEFAULT_CONCURRENCY = 16;

/**
 * Reads accounts one by one, many at once, and hands each reading to `each` when it is there: an organization need not fit
 * into memory. Rejects as `collect` does, and with what `each` rejects.
 */
export async function collectEach(
  options: ReadingOptions,
  progress: (progress: Progress) => void,
  each: (reading: AccountReading) => void | Promise<void>,
): Promise<ReadAccounts> {
  const takenAt = options.now().toISOString();
  const wrong = options.accounts?.find((id) => !/^\d{12}$/.test(id));
  if (wrong !== undefined) throw new AccountIdError(wrong);
  const tell = tallied(progress);
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  const work = accountsAtWork(options.accountsAtOnce ?? ACCOUNTS_AT_ONCE, Date.now);
  const clients = heeded(options.clients, work.heed);
  const hub = startReading(clients, concurrency, tell());
  const caller = await readCaller(clients('sts', null, null)).catch((error: unknown) => {
    throw credentialsError(error);
  });
  const organization =
    options.organization === undefined
      ? null
      : await readOrganization(options.organization, hub, options.filter);
  const accounts = accountsOf(options, caller.account, organization);
  const kept = options.kept?.({
    caller: caller.arn,
    organization: organization?.organization.id ?? null,
    accounts,
  });
  const only = options.regions && new Set(options.regions);
  await work.readAll(accounts, {
    read: readOneOf({ ...options, clients, caller, concurrency, ...(only !== undefined && { only }) }),
    kept: (await kept) ?? keepNothing,
    takenAt,
    tell,
    each,
    forget: (account) => (options.comeBack === true ? undefined : clients.forget?.(account)),
  });
  return {
    caller,
    takenAt,
    organization: organization === null ? undefined : wholeOf(organization, accounts, caller, only),
    coverage: hub.gaps,
    begin: () => startReading(clients, concurrency, tell()),
  };
}

/** The caller's account is read unless it is not wanted, or left out of the organization; named, it is read all the same. */
function accountsOf(
  { ownAccount, accounts = [] }: ReadingOptions,
  own: string,
  organization: OrganizationReading | null,
): readonly string[] {
  const wanted = new Set([...accounts, ...(organization?.accounts ?? [])]);
  if (ownAccount !== false && !isLeftOut(own, organization)) wanted.add(own);
  if (ownAccount === false && !accounts.includes(own)) wanted.delete(own);
  const others = [...wanted].filter((id) => id !== own).sort();
  return wanted.has(own) ? [own, ...others] : others;
}

const isLeftOut = (account: string, organization: OrganizationReading | null): boolean =>
  organization !== null && [...organization.leftOut, ...organization.clusterless].includes(account);

/** Complete when nothing was left out: no account, and no region. */
const wholeOf = (
  { complete, leftOut, clusterless, unusable, organization }: OrganizationReading,
  accounts: readonly string[],
  caller: Caller,
  only: ReadonlySet<string> | undefined,
): Snapshot['organization'] => ({
  complete:
    complete &&
    leftOut.length === 0 &&
    only === undefined &&
    (accounts.includes(caller.account) || clusterless.includes(caller.account)),
  ...(leftOut.length + clusterless.length + unusable.length > 0 && {
    accounts: [...leftOut, ...clusterless, ...unusable].sort(),
  }),
  ...(clusterless.length > 0 && { clusterless: [...clusterless] }),
  ...organization,
});
