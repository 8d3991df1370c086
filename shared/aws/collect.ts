import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { redactAll } from '../estate/redact.ts';
import { type Account, SNAPSHOT_VERSION, type Snapshot } from '../estate/snapshot.ts';
import { canonicalSnapshot } from '../estate/write-snapshot.ts';
import { wasRead } from './account.ts';
import { heeded } from './accounts/heeded.ts';
import { type KeptReadings, keepNothing, type ReadingScope } from './accounts/kept-readings.ts';
import { ACCOUNTS_AT_ONCE, type Bounds } from './accounts/pace.ts';
import { accountsAtWork } from './accounts/read-accounts.ts';
import { readOneOf } from './accounts/read-one.ts';
import type { Clients } from './clients.ts';
import { eventLookup } from './cloudtrail/lookup-events.ts';
import { credentialsError } from './credentials-error.ts';
import { AccountIdError, NothingReadableError } from './errors.ts';
import type { ReadKubernetes } from './kubernetes-reader.ts';
import { type Progress, tallied } from './progress.ts';
import { type Reading, startReading } from './reading.ts';
import { readCaller } from './reads/caller.ts';
import { withCreators } from './reads/creators.ts';
import { withSessionSample } from './reads/observed-sessions.ts';
import { readOrganization } from './reads/organization.ts';
import type { OrganizationFilter } from './reads/organization-filter.ts';

export interface CollectOptions {
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
  /** Looks up, besides, who assumed roles from clusters, once everything else was read. */
  readonly sessions?: SessionSample | SessionTrail;
  /** Reads the organization besides: its accounts are read, and its control policies judged. */
  readonly organization?: OrganizationsClient;
  /** Which of its accounts. */
  readonly filter?: OrganizationFilter;
  /** How many accounts are read at once; 2 to 32, as AWS takes it, unless told otherwise. */
  readonly accountsAtOnce?: Bounds;
  /** Keeps what was read of each account, for a collection that is interrupted. */
  readonly kept?: (scope: ReadingScope) => Promise<KeptReadings>;
  /** Looks up, besides, who created each cluster of the last 90 days, for so many seconds at most. */
  readonly creators?: {
    readonly seconds: number;
    readonly sleep: (milliseconds: number) => Promise<void>;
  };
}

/** From CloudTrail's event history: for so many seconds at most. */
interface SessionSample {
  readonly from: 'sample';
  readonly seconds: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Calls that pods were refused, too. */
  readonly accessDenied?: boolean;
}

/** From a trail's log files: `read` adds to the accounts what they show. */
interface SessionTrail {
  readonly from: 'trail';
  readonly read: (accounts: readonly Account[], reading: Reading) => Promise<Account[]>;
}

export const DEFAULT_CONCURRENCY = 16;

/**
 * Reads AWS into a snapshot. A read that fails is a gap in its coverage and stops nothing else; a list of which a part
 * was read keeps that part beside the gap. Credential-like texts are masked wherever they stand. The result is in
 * canonical order: the same estate gives the same snapshot, whatever the order of the answers. It is as old as the oldest
 * reading in it.
 *
 * Throws NoCredentialsError, ExpiredCredentialsError, RefusedCredentialsError or UnreachableError when the first call
 * fails or the credentials end on the way, NothingReadableError when all other calls fail, AccountIdError for an id that is
 * none, OrganizationFilterError for a filter that does not fit the organization.
 */
export async function collect(
  options: CollectOptions,
  progress: (progress: Progress) => void = () => undefined,
): Promise<Snapshot> {
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
  const only = options.regions && new Set(options.regions);
  const organization =
    options.organization === undefined
      ? null
      : await readOrganization(options.organization, hub, options.filter);
  const own = readsOwn(options, caller.account, organization?.leftOut ?? []);
  const others = [...(options.accounts ?? []), ...(organization?.accounts ?? [])].filter(
    (id) => id !== caller.account,
  );
  const ids = [...new Set([...(own ? [caller.account] : []), ...others])];
  const kept = options.kept?.({
    caller: caller.arn,
    organization: organization?.organization.id ?? null,
    accounts: ids,
  });
  const looksUp = options.creators !== undefined || options.sessions !== undefined;
  const readings = await work.readAll(ids, {
    read: readOneOf({ ...options, clients, caller, concurrency, ...(only !== undefined && { only }) }),
    kept: (await kept) ?? keepNothing,
    takenAt,
    tell,
    forget: (account) => (looksUp ? undefined : clients.forget?.(account)),
  });
  const gaps = [...hub.gaps, ...readings.flatMap(({ coverage }) => coverage)];
  const accounts = readings.map(({ account }) => account);
  if (!accounts.some(wasRead))
    throw new NothingReadableError(caller.arn, gaps.length, gaps[0]?.reason ?? 'no account was named');
  const after = startReading(clients, concurrency, tell());
  const created = await withCreatorsOf(accounts, after, caller.account, options);
  const observed = await withSessions(created, after, caller.account, options);
  return canonicalSnapshot(
    redactAll({
      schemaVersion: SNAPSHOT_VERSION,
      takenAt: [takenAt, ...readings.map((reading) => reading.takenAt)].reduce(older),
      ...(organization !== null && {
        organization: {
          complete: organization.complete && own && organization.leftOut.length === 0 && only === undefined,
          ...organization.organization,
        },
      }),
      accounts: observed,
      coverage: [...gaps, ...after.gaps],
    }),
  );
}

/** The caller's account is read unless it is not wanted, or left out of the organization; named, it is read all the same. */
function readsOwn(
  { ownAccount, accounts }: CollectOptions,
  own: string,
  leftOut: readonly string[],
): boolean {
  return accounts?.includes(own) === true || (ownAccount !== false && !leftOut.includes(own));
}

const older = (a: string, b: string): string => (Date.parse(b) < Date.parse(a) ? b : a);

async function withCreatorsOf(
  accounts: Account[],
  reading: Reading,
  own: string,
  { creators, now }: CollectOptions,
): Promise<Account[]> {
  if (creators === undefined) return accounts;
  const lookUp = eventLookup({
    clientFor: (account, region) => reading.clients('cloudtrail', account === own ? null : account, region),
    now,
    sleep: creators.sleep,
    until: new Date(now().getTime() + creators.seconds * 1000),
  });
  return Promise.all(accounts.map((account) => withCreators(account, reading, lookUp, now())));
}

async function withSessions(
  accounts: Account[],
  reading: Reading,
  own: string,
  { sessions, now }: CollectOptions,
): Promise<Account[]> {
  if (sessions === undefined) return accounts;
  if (sessions.from === 'trail') return sessions.read(accounts, reading);
  const lookUp = eventLookup({
    clientFor: (account, region) => reading.clients('cloudtrail', account === own ? null : account, region),
    now,
    sleep: sessions.sleep,
    until: new Date(now().getTime() + sessions.seconds * 1000),
  });
  const sampling = { lookUp, now: now(), accessDenied: sessions.accessDenied === true };
  return Promise.all(accounts.map((account) => withSessionSample(account, reading, sampling)));
}
