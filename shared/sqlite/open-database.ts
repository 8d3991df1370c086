import type { DatabaseSync } from 'node:sqlite';

const PATIENCE_MILLISECONDS = 5_000;

/** Opens a database file without the warning that Node.js gives on stderr when SQLite is first loaded. */
export function openDatabase(file: string): DatabaseSync {
  const sqlite = quietly(() => process.getBuiltinModule('node:sqlite'));
  return new sqlite.DatabaseSync(file, { timeout: PATIENCE_MILLISECONDS });
}

/** Node.js warns on stderr that SQLite is young when it is first loaded: nothing that a user of a command should read. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Takes the write lock at once, so that what is read inside is what is there when it is written. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
