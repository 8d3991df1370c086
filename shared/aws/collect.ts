import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { redactAll } from '../estate/redact.ts';
import { type Account, SNAPSHOT_VERSION, type Snapshot } from '../estate/snapshot.ts';
import { canonicalSnapshot } from '../estate/write-snapshot.ts';
import { readAccount, wasRead } from './account.ts';
import type { AccountReader } from './account-reader.ts';
import type { Clients } from './clients.ts';
import { eventLookup } from './cloudtrail/lookup-events.ts';
import { credentialsError } from './credentials-error.ts';
import { AccountIdError, AssumeRoleError, NothingReadableError } from './errors.ts';
import { failureReason } from './failure-reason.ts';
import type { ReadKubernetes } from './kubernetes-reader.ts';
import { partitionNamed } from './partitions.ts';
import type { Progress } from './progress.ts';
import { type Reading, startReading } from './reading.ts';
import { type Caller, readCaller } from './reads/caller.ts';
import { withCreators } from './reads/creators.ts';
import { withSessionSample } from './reads/observed-sessions.ts';
import { readOrganization } from './reads/organization.ts';

export interface CollectOptions {
  readonly clients: Clients;
  /** Look for clusters in these regions only. */
  readonly regions?: readonly string[];
  /** Ids of further accounts, read through the read role that the clients know. */
  readonly accounts?: readonly string[];
  /** False: read `accounts` alone, not the caller's own account. */
  readonly ownAccount?: boolean;
  /** Most calls that are under way at once, 16 unless told otherwise. */
  readonly concurrency?: number;
  readonly now: () => Date;
  /** Reads the Kubernetes APIs of clusters, too. */
  readonly kubernetes?: ReadKubernetes;
  /** Looks up, besides, who assumed roles from clusters, once everything else was read. */
  readonly sessions?: SessionSample | SessionTrail;
  /** Reads the organization besides: its accounts are read, and its control policies judged. */
  readonly organization?: OrganizationsClient;
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
 * canonical order: the same estate gives the same snapshot, whatever the order of the answers.
 *
 * Throws NoCredentialsError, ExpiredCredentialsError, RefusedCredentialsError or UnreachableError when the first call
 * fails, NothingReadableError when all others do, AccountIdError for an id that is none.
 */
export async function collect(
  options: CollectOptions,
  progress: (progress: Progress) => void = () => undefined,
): Promise<Snapshot> {
  const takenAt = options.now().toISOString();
  const wrong = options.accounts?.find((id) => !/^\d{12}$/.test(id));
  if (wrong !== undefined) throw new AccountIdError(wrong);
  const reading = startReading(
    options.clients,
    options.concurrency ?? DEFAULT_CONCURRENCY,
    progress,
    options.kubernetes,
  );
  const caller = await readCaller(options.clients('sts', null, null)).catch((error: unknown) => {
    throw credentialsError(error);
  });
  const only = options.regions && new Set(options.regions);
  const organization =
    options.organization === undefined ? null : await readOrganization(options.organization, reading);
  const others = [...new Set([...(options.accounts ?? []), ...(organization?.accounts ?? [])])].filter(
    (id) => id !== caller.account,
  );
  const own = options.ownAccount !== false || options.accounts?.includes(caller.account) === true;
  const accounts = await Promise.all([
    ...(own ? [readAccount(reader(reading, caller, null), only)] : []),
    ...others.map((id) => readOther(reading, id, caller, only)),
  ]);
  if (!accounts.some(wasRead)) {
    throw new NothingReadableError(
      caller.arn,
      reading.gaps.length,
      reading.gaps[0]?.reason ?? 'no account was named',
    );
  }
  const created = await withCreatorsOf(accounts, reading, caller.account, options);
  const observed = await withSessions(created, reading, caller.account, options);
  const coverage = [...reading.gaps];
  return canonicalSnapshot(
    redactAll({
      schemaVersion: SNAPSHOT_VERSION,
      takenAt,
      ...(organization !== null && {
        organization: {
          complete: organization.complete && own && only === undefined,
          ...organization.organization,
        },
      }),
      accounts: observed,
      coverage,
    }),
  );
}

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

/** Another account, through its read role. When the role cannot be had, all that is known of it is one gap. */
async function readOther(
  reading: Reading,
  id: string,
  own: Caller,
  only: ReadonlySet<string> | undefined,
): Promise<Account> {
  let caller: Caller;
  try {
    caller = await readCaller(reading.clients('sts', id, null));
    if (caller.account !== id) throw new Error(`the credentials are those of account ${caller.account}`);
  } catch (error) {
    const read = error instanceof AssumeRoleError ? 'sts:AssumeRole' : 'sts:GetCallerIdentity';
    reading.gap(read, { account: id }, failureReason(error));
    return { id, partition: own.partition };
  }
  return readAccount(reader(reading, caller, id), only);
}

/** `credentials`: the account whose read role is used, null for the caller's own credentials. */
function reader(
  reading: Reading,
  { account, partition, arn }: Caller,
  credentials: string | null,
): AccountReader {
  const known = partitionNamed(partition);
  return {
    reading,
    id: account,
    partition,
    known,
    place: { account },
    caller: arn,
    client: (kind, region) => reading.clients(kind, credentials, region ?? known?.iamRegion ?? null),
  };
}
