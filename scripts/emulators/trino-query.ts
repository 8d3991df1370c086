import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { virtualenv } from './virtualenv.ts';

/** Versions from PyPI (both MIT) that the suite was written against. */
const REQUIREMENTS = ['duckdb==2.0.0', 'sqlglot==30.30.0'];

const answerSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string().nullable())),
});

/** A query could not be translated or run. */
class QueryFailedError extends Error {
  override readonly name = 'QueryFailedError';
}

/**
 * Runs a query in Trino's dialect over records in the table `memory.audit.cloudtrail`, on DuckDB. Throws QueryFailedError, and
 * PythonEnvironmentError when the environment cannot be made.
 */
export async function queryRecords(
  sql: string,
  columns: Readonly<Record<string, string>>,
  records: readonly object[],
): Promise<z.infer<typeof answerSchema>> {
  const bin = await virtualenv('trino-on-duckdb-2.0.0-30.30.0', REQUIREMENTS);
  const folder = await mkdtemp(join(tmpdir(), 'podtrust-trail-'));
  try {
    const file = join(folder, 'records.json');
    await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const python = spawn(join(bin, 'python'), [join(import.meta.dirname, 'trino-query.py')]);
    python.stdin.end(JSON.stringify({ sql, columns, records: file }));
    const [out, err] = await Promise.all([text(python.stdout), text(python.stderr)]);
    if (out === '') throw new QueryFailedError(err.trim().split('\n').slice(-8).join('\n'));
    return answerSchema.parse(JSON.parse(out));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
