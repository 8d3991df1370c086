import type { AthenaClient } from '@aws-sdk/client-athena';
import type { TrailTable } from '../../../config/evidence.ts';
import type { Account } from '../../../estate/snapshot.ts';
import { observedFrom } from '../../../evidence/observed.ts';
import type { Reading } from '../../reading.ts';
import { trailQuery } from './query.ts';
import { type Held, type OfAccount, observationsIn } from './rows.ts';
import { type QueryAnswer, type QueryPorts, runQuery } from './run-query.ts';

export interface TrailOptions extends QueryPorts {
  readonly athena: AthenaClient;
  readonly table: TrailTable;
  /** Calls that pods were refused, too. */
  readonly accessDenied: boolean;
  /** Regions that the collection was narrowed to; absent: all that are enabled. */
  readonly regions?: readonly string[];
}

/** CloudTrail delivers log files within minutes (CloudTrail user guide, "How CloudTrail works"): a gap this long is none of its own. */
const LATE = 6 * 3_600_000;
const DAY = 86_400_000;

/**
 * The accounts with what a trail's log files show of their sessions: the whole of the window, unless something is told to be missing.
 * A query without an answer, and an account of which the table holds nothing, are gaps in the coverage; such an account keeps no
 * observations.
 */
export async function withTrailSessions(
  accounts: readonly Account[],
  reading: Reading,
  options: TrailOptions,
): Promise<Account[]> {
  const { table, now } = options;
  const to = now();
  const from = new Date(to.getTime() - table.days * DAY);
  const regions = options.regions ?? regionsOf(accounts);
  const sql = trailQuery(table, {
    accounts: accounts.map(({ id }) => id),
    ...(regions !== undefined && { regions }),
    from,
    to,
    accessDenied: options.accessDenied,
  });
  const place = { subject: `${table.database}.${table.table}` };
  const answer = await reading.one('athena:StartQueryExecution', place, () =>
    runQuery(options.athena, sql, table, options),
  );
  if (answer === undefined) return [...accounts];
  const of = observationsIn(answer);
  return accounts.map((account) => {
    const found = of(account.id);
    if (found.held.size === 0) {
      reading.gap(
        'athena:GetQueryResults',
        { ...place, account: account.id },
        `the table holds no records of the account since ${from.toISOString()}`,
      );
      return account;
    }
    const narrowed = table.partitions.region === undefined ? undefined : options.regions;
    const places = placesOf(account, found);
    const gaps = [
      ...gapsOf(found, answer, narrowed),
      ...places.flatMap(({ region, held }) => gapOf(region, held, to) ?? []),
    ];
    const source = {
      source: 'trail' as const,
      since: sinceOf(places, to),
      ...(gaps.length > 0 && { gap: gaps.join('; ') }),
    };
    const observed = observedFrom(found.evidence, {
      denials: source,
      sessions: source,
      accessDenied: options.accessDenied ? source : undefined,
    });
    return { ...account, observed };
  });
}

/** Undefined unless the regions of every account were read: nothing is narrowed by what is not known. */
function regionsOf(accounts: readonly Account[]): readonly string[] | undefined {
  const lists = accounts.map(({ regions }) => regions);
  const known = lists.filter((list) => list !== undefined);
  if (known.length < lists.length) return undefined;
  return [...new Set(known.flatMap((list) => list.map(({ name }) => name)))].sort();
}

interface TrailedRegion {
  readonly region: string;
  readonly held: Held | undefined;
}

/** The regions with clusters, where sessions are to be expected; where none are known, those of which there are records. */
function placesOf({ regions = [] }: Account, { held }: OfAccount): readonly TrailedRegion[] {
  const expected = regions.flatMap(({ name, clusters = [] }) => (clusters.length > 0 ? [name] : []));
  const names = expected.length > 0 ? expected : [...held.keys()].sort();
  return names.map((region) => ({ region, held: held.get(region) }));
}

/** From when on there are records of every region that counts. */
function sinceOf(places: readonly TrailedRegion[], to: Date): string {
  const firsts = places.map(({ held }) => held?.first ?? to.toISOString());
  return firsts.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? to.toISOString();
}

/** Why sessions of a region may be missing. */
function gapOf(region: string, held: Held | undefined, to: Date): string | undefined {
  if (held === undefined) return `there are no records of ${region}, which has clusters`;
  if (held.reads === 0) return `no call of ${region} is a read, which sessions are`;
  const isLate = to.getTime() - Date.parse(held.last) > LATE;
  return isLate ? `the newest record of ${region} is of ${held.last}` : undefined;
}

function gapsOf(
  { unread, cut }: OfAccount,
  answer: QueryAnswer,
  narrowed: readonly string[] | undefined,
): readonly string[] {
  return [
    ...(answer.gap === undefined ? [] : [answer.gap]),
    ...(cut ? ['there are more callers than are kept'] : []),
    ...(unread === 0 ? [] : [`${unread} rows were not readable`]),
    ...(narrowed === undefined ? [] : [`only ${narrowed.join(', ')} was asked for`]),
  ];
}
