import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type ResultSet,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import type { TrailTable } from '../../../config/evidence.ts';
import { failureReason } from '../../failure-reason.ts';

/** A query that gave no answer: it failed, was cancelled, took too long, or could not be asked. */
class TrailQueryError extends Error {
  override readonly name = 'TrailQueryError';
}

type Row = readonly (string | null)[];

/** What a query answered; `gap`: why later rows may be missing. */
export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly gap?: string;
}

export interface QueryPorts {
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** The most rows of an answer that are read: pages of 1,000 (Athena API reference, GetQueryResults). */
const MOST_ROWS = 100_000;
const PAGE = 1_000;

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/**
 * Runs one query and reads its answer. Waits ever longer between two questions, also when Athena has too many of them; stops
 * the query when its time is over. Throws TrailQueryError; what was read before a page failed is kept, with the reason.
 */
export async function runQuery(
  athena: AthenaClient,
  sql: string,
  table: TrailTable,
  ports: QueryPorts,
): Promise<QueryAnswer> {
  const until = ports.now().getTime() + table.seconds * 1000;
  const calm = patience(ports, until);
  const { QueryExecutionId: id } = await calm('athena:StartQueryExecution', () =>
    athena.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Catalog: table.catalog, Database: table.database },
        WorkGroup: table.workgroup,
        ...(table.output !== undefined && { ResultConfiguration: { OutputLocation: table.output } }),
      }),
    ),
  );
  if (id === undefined) throw new TrailQueryError('athena:StartQueryExecution: malformed answer: no id');
  try {
    await finished(athena, id, calm, ports, until);
  } catch (error) {
    // Nobody waits for it any more, and what it scans is paid for.
    await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => undefined);
    throw error;
  }
  return pages(athena, id, calm);
}

type Calm = <T>(read: string, send: () => Promise<T>) => Promise<T>;

/** Calls again, ever later, what was refused for too many calls, until the time is over. */
function patience({ now, sleep }: QueryPorts, until: number): Calm {
  return async (read, send) => {
    for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      try {
        return await send();
      } catch (error) {
        if (!isThrottling(error) || now().getTime() + wait > until)
          throw new TrailQueryError(`${read}: ${failureReason(error)}`, { cause: error });
        await sleep(wait);
      }
    }
  };
}

const THROTTLING: ReadonlySet<string> = new Set(['ThrottlingException', 'TooManyRequestsException']);

function isThrottling(error: unknown): boolean {
  return error instanceof Error && THROTTLING.has(error.name);
}

async function finished(
  athena: AthenaClient,
  id: string,
  calm: Calm,
  { now, sleep }: QueryPorts,
  until: number,
): Promise<void> {
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    const { QueryExecution: execution } = await calm('athena:GetQueryExecution', () =>
      athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id })),
    );
    const { State: state, StateChangeReason: why = 'Athena gave no reason' } = execution?.Status ?? {};
    switch (state) {
      case 'SUCCEEDED':
        return;
      case 'FAILED':
      case 'CANCELLED':
        throw new TrailQueryError(failureReason(new Error(`the query was ${state}: ${why}`)));
      case 'QUEUED':
      case 'RUNNING':
        break;
      default:
        throw new TrailQueryError('athena:GetQueryExecution: malformed answer: no state of the query');
    }
    if (now().getTime() + wait > until)
      throw new TrailQueryError('the query was still running when its time was over, and was stopped');
    await sleep(wait);
  }
}

/** The first row of the first page names the columns. */
async function pages(athena: AthenaClient, id: string, calm: Calm): Promise<QueryAnswer> {
  const rows: Row[] = [];
  let columns: readonly string[] | undefined;
  let NextToken: string | undefined;
  for (;;) {
    const token = NextToken;
    try {
      const answer = await calm('athena:GetQueryResults', () =>
        athena.send(
          new GetQueryResultsCommand({
            QueryExecutionId: id,
            MaxResults: PAGE,
            ...(token !== undefined && { NextToken: token }),
          }),
        ),
      );
      const page = rowsOf(answer.ResultSet);
      columns ??= page.shift()?.map((name) => name ?? '');
      rows.push(...page);
      NextToken = answer.NextToken;
    } catch (error) {
      if (columns === undefined) throw error;
      return { columns, rows, gap: error instanceof Error ? error.message : String(error) };
    }
    if (NextToken === undefined) return { columns: columns ?? [], rows };
    if (NextToken === token) return { columns: columns ?? [], rows, gap: 'the page token repeats' };
    if (rows.length >= MOST_ROWS) return { columns: columns ?? [], rows, gap: `more than ${MOST_ROWS} rows` };
  }
}

function rowsOf(set: ResultSet | undefined): Row[] {
  if (set?.Rows === undefined)
    throw new TrailQueryError('athena:GetQueryResults: malformed answer: the rows are missing');
  return set.Rows.map(({ Data = [] }) => Data.map(({ VarCharValue = null }) => VarCharValue));
}
