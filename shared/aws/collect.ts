import { redactAll } from '../estate/redact.ts';
import {
  type Account,
  type Cluster,
  type CoverageGap,
  SNAPSHOT_VERSION,
  type Snapshot,
} from '../estate/snapshot.ts';
import { canonicalPart, canonicalSnapshot } from '../estate/write-snapshot.ts';
import { wasRead } from './account.ts';
import { eventLookup } from './cloudtrail/lookup-events.ts';
import { collectEach, type ReadingOptions } from './collect-each.ts';
import { NothingReadableError } from './errors.ts';
import type { Progress } from './progress.ts';
import type { Reading } from './reading.ts';
import { withCreators } from './reads/creators.ts';
import { withSessionSample } from './reads/observed-sessions.ts';

/** What is read, and what is looked up besides. */
export interface CollectOptions extends Omit<ReadingOptions, 'comeBack'> {
  /** Looks up, besides, who assumed roles from clusters, once everything else was read. */
  readonly sessions?: SessionSample | SessionTrail;
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
  const accounts = new Map<string, Account>();
  const { rest } = await collectApart(options, progress, {
    put: async (account) => void accounts.set(account.id, account),
    get: async (id) => accounts.get(id),
  });
  return { ...rest, accounts: [...accounts.values()].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Holds the accounts that are read. */
export interface AccountHolder {
  /** Takes an account, masked and in canonical order; once more, when something was looked up in it. */
  readonly put: (account: Account, coverage: readonly CoverageGap[]) => Promise<void>;
  readonly get: (id: string) => Promise<Account | undefined>;
}

/** What was read beside the accounts. */
interface ReadApart {
  /** The snapshot without its accounts. */
  readonly rest: Snapshot;
  /** The caller's own account. */
  readonly own: string;
}

/** Reads AWS as `collect` does, each account into a holder, so that they need not fit into memory. Throws what `collect` does. */
export async function collectApart(
  options: CollectOptions,
  progress: (progress: Progress) => void,
  holder: AccountHolder,
): Promise<ReadApart> {
  const comeBack = options.creators !== undefined || options.sessions !== undefined;
  const coverage: CoverageGap[] = [];
  const outlines: Account[] = [];
  const taken: string[] = [];
  let isAnyRead = false;
  const whole = await collectEach({ ...options, comeBack }, progress, async (reading) => {
    coverage.push(...reading.coverage);
    taken.push(reading.takenAt);
    isAnyRead ||= wasRead(reading.account);
    if (comeBack) outlines.push(outlineOf(reading.account));
    await holder.put(reading.account, reading.coverage);
  });
  const gaps = [...whole.coverage, ...coverage];
  const own = whole.caller.account;
  if (!isAnyRead)
    throw new NothingReadableError(whole.caller.arn, gaps.length, gaps[0]?.reason ?? 'no account was named');
  const after = whole.begin();
  const created = await withCreatorsOf(outlines, after, own, options);
  const gapsOf = Map.groupBy(coverage, ({ account }) => account);
  for (const outline of await withSessions(created, after, own, options)) {
    if (outline.observed === undefined && options.creators === undefined) continue;
    const account = await holder.get(outline.id);
    if (account !== undefined)
      await holder.put(canonicalPart(redactAll(withFound(account, outline))), gapsOf.get(outline.id) ?? []);
  }
  const rest = canonicalSnapshot(
    redactAll({
      schemaVersion: SNAPSHOT_VERSION,
      takenAt: [whole.takenAt, ...taken].reduce(older),
      ...(whole.organization !== undefined && { organization: whole.organization }),
      accounts: [],
      coverage: [...gaps, ...after.gaps],
    }),
  );
  return { rest, own };
}

/** Of an account what lookups go by: where it has clusters, and whether somebody is known to have made them. */
function outlineOf({ id, partition, regions }: Account): Account {
  return {
    id,
    partition,
    ...(regions !== undefined && {
      regions: regions.map(({ name, clusters }) => ({
        name,
        ...(clusters !== undefined && { clusters: clusters.map(outlineOfCluster) }),
      })),
    }),
  };
}

const outlineOfCluster = ({ name, arn, created, creator }: Cluster): Cluster => ({
  name,
  arn,
  ...(created !== undefined && { created }),
  ...(creator !== undefined && { creator }),
});

/** An account with what was looked up in its outline. */
function withFound(account: Account, { observed, regions = [] }: Account): Account {
  const creators = new Map(
    regions.flatMap(({ clusters = [] }) => clusters.map(({ arn, creator }) => [arn, creator] as const)),
  );
  const found = (cluster: Cluster): Cluster => {
    const creator = creators.get(cluster.arn);
    return creator === undefined ? cluster : { ...cluster, creator };
  };
  return {
    ...account,
    ...(observed !== undefined && { observed }),
    ...(account.regions !== undefined && {
      regions: account.regions.map((region) =>
        region.clusters === undefined ? region : { ...region, clusters: region.clusters.map(found) },
      ),
    }),
  };
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
