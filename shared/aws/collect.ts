import { redactAll } from '../estate/redact.ts';
import { type Account, SNAPSHOT_VERSION, type Snapshot } from '../estate/snapshot.ts';
import { canonicalPart, canonicalSnapshot } from '../estate/write-snapshot.ts';
import { wasRead } from './account.ts';
import type { AccountReading } from './accounts/kept-readings.ts';
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
  const comeBack = options.creators !== undefined || options.sessions !== undefined;
  const readings: AccountReading[] = [];
  const whole = await collectEach({ ...options, comeBack }, progress, (reading) => readings.push(reading));
  const gaps = [...whole.coverage, ...readings.flatMap(({ coverage }) => coverage)];
  const accounts = readings.map(({ account }) => account);
  const own = whole.caller.account;
  if (!accounts.some(wasRead))
    throw new NothingReadableError(whole.caller.arn, gaps.length, gaps[0]?.reason ?? 'no account was named');
  const after = whole.begin();
  const created = await withCreatorsOf(accounts, after, own, options);
  const observed = await withSessions(created, after, own, options);
  const rest = canonicalSnapshot(
    redactAll({
      schemaVersion: SNAPSHOT_VERSION,
      takenAt: [whole.takenAt, ...readings.map(({ takenAt }) => takenAt)].reduce(older),
      ...(whole.organization !== undefined && { organization: whole.organization }),
      accounts: [],
      coverage: [...gaps, ...after.gaps],
    }),
  );
  // As they were read, accounts are masked and in order already: thousands of them are not copied once more.
  const ordered = comeBack ? canonicalPart(redactAll(observed)) : observed;
  return { ...rest, accounts: ordered.toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
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
