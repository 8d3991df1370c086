import type { AthenaClient } from '@aws-sdk/client-athena';
import type { TrailTable } from '../../../config/evidence.ts';
import type { Account } from '../../../estate/snapshot.ts';
import { observedFrom } from '../../../evidence/observed.ts';
import type { Reading } from '../../reading.ts';
import { trailQuery } from './query.ts';
import { type OfAccount, observationsIn } from './rows.ts';
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
    if (found.span === undefined) {
      reading.gap(
        'athena:GetQueryResults',
        { ...place, account: account.id },
        `the table holds no records of the account since ${from.toISOString()}`,
      );
      return account;
    }
    const narrowed = table.partitions.region === undefined ? undefined : options.regions;
    const gaps = gapsOf(found, answer, narrowed, to);
    const source = {
      source: 'trail' as const,
      since: found.span.first,
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

function gapsOf(
  { span, reads, unread, cut }: OfAccount,
  answer: QueryAnswer,
  narrowed: readonly string[] | undefined,
  to: Date,
): readonly string[] {
  const last = span?.last ?? '';
  return [
    ...(answer.gap === undefined ? [] : [answer.gap]),
    ...(cut ? ['there are more callers than are kept'] : []),
    ...(unread === 0 ? [] : [`${unread} rows were not readable`]),
    ...(reads > 0 ? [] : ['the trail has no calls that read, which sessions are']),
    ...(to.getTime() - Date.parse(last) <= LATE ? [] : [`the newest record is of ${last}`]),
    ...(narrowed === undefined ? [] : [`only ${narrowed.join(', ')} was asked for`]),
  ];
}
