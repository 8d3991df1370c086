import type { DatabaseSync } from 'node:sqlite';
import type { Kept, Records } from '../changes/repairs/records.ts';
import { inTransaction, openDatabase } from './open-database.ts';

/** Records in one file. */
export interface SqliteRecords extends Records {
  readonly close: () => void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS records (
    part TEXT NOT NULL, sort TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (part, sort)
  ) STRICT, WITHOUT ROWID;
`;

/** Marks the file as one of repairs: SQLite's `application_id`. */
const FILE_KIND = 0x706f_6452;

/** The file holds something else, or was written by a version of podtrust that this one does not know. */
export class RepairFileError extends Error {
  override readonly name = 'RepairFileError';
  constructor(file: string) {
    super(`${file} is no store of repairs that this podtrust knows: name another file with --store.`);
  }
}

/**
 * Opens records in a file, made when it is not there; `:memory:` keeps them in this process. Several processes may use
 * one file. Throws RepairFileError, and what SQLite throws.
 */
export function openSqliteRecords(file: string): SqliteRecords {
  const database = openDatabase(file);
  try {
    inTransaction(database, () => prepare(database, file));
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    read: async (part, sort) =>
      keptOf(
        database
          .prepare('SELECT sort, version, body FROM records WHERE part = ? AND sort = ?')
          .get(part, sort),
      ),
    write: async (part, sort, body, version) => write(database, part, sort, body, version),
    list: async (part, prefix) =>
      database
        .prepare(`${RANGE} ORDER BY sort`)
        .all(part, prefix, `${prefix}\u{10ffff}`)
        .flatMap((row) => keptOf(row) ?? []),
    last: async (part, prefix) =>
      keptOf(
        database.prepare(`${RANGE} ORDER BY sort DESC LIMIT 1`).get(part, prefix, `${prefix}\u{10ffff}`),
      ),
    close: () => database.close(),
  };
}

const RANGE = 'SELECT sort, version, body FROM records WHERE part = ? AND sort >= ? AND sort < ?';

function prepare(database: DatabaseSync, file: string): void {
  const kind = Number(database.prepare('PRAGMA application_id').get()?.['application_id']);
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']);
  if (kind !== FILE_KIND && tables > 0) throw new RepairFileError(file);
  database.exec(SCHEMA);
  database.exec(`PRAGMA application_id = ${FILE_KIND}`);
}

function write(database: DatabaseSync, part: string, sort: string, body: string, version: number): boolean {
  const done =
    version === 0
      ? database
          .prepare('INSERT OR IGNORE INTO records (part, sort, version, body) VALUES (?, ?, 1, ?)')
          .run(part, sort, body)
      : database
          .prepare(
            'UPDATE records SET version = version + 1, body = ? WHERE part = ? AND sort = ? AND version = ?',
          )
          .run(body, part, sort, version);
  return done.changes === 1;
}

function keptOf(row: Record<string, unknown> | undefined): Kept | null {
  if (row === undefined) return null;
  return { sort: String(row['sort']), version: Number(row['version']), body: String(row['body']) };
}
