import type { DatabaseSync } from 'node:sqlite';
import type { Step } from '../findings/lifecycle.ts';
import type { Memories } from '../findings/memory.ts';
import { type FindingScope, findingScopeKey, inScope, ownRoleName, scopesAround } from '../findings/scope.ts';
import type { Commit, FindingStore, Unreadable, Written } from '../findings/store.ts';
import {
  passingOver,
  readRecord,
  type ScopeMemory,
  type StoredFinding,
  scopeMemorySchema,
  storedFindingSchema,
} from '../findings/stored.ts';
import { type Transition, transitionSchema } from '../findings/transition.ts';
import { inTransaction, openDatabase } from './open-database.ts';

/** Findings in one file. */
export interface SqliteStore extends FindingStore {
  readonly close: () => void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS findings (
    fingerprint TEXT PRIMARY KEY, account TEXT NOT NULL, role TEXT, cluster TEXT, status TEXT NOT NULL,
    version INTEGER NOT NULL, expires INTEGER, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS by_role ON findings (account, role);
  CREATE INDEX IF NOT EXISTS by_cluster ON findings (account, cluster);
  CREATE TABLE IF NOT EXISTS memories (
    scope TEXT PRIMARY KEY, version INTEGER NOT NULL, expires INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS transitions (
    id TEXT PRIMARY KEY, read_at TEXT NOT NULL, fingerprint TEXT NOT NULL, sequence INTEGER NOT NULL,
    published_at TEXT, body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS unpublished ON transitions (read_at, fingerprint, sequence) WHERE published_at IS NULL;
`;

/** Version of the tables, in the file's `user_version`. */
const FILE_VERSION = 1;
const KEEP_PUBLISHED_DAYS = 90;

/** The file was written by a version of podtrust that this one does not know. */
export class StoreVersionError extends Error {
  override readonly name = 'StoreVersionError';
  constructor(file: string, version: number) {
    super(
      `${file} holds findings in form ${version}, this podtrust knows form ${FILE_VERSION}: upgrade, or name another file.`,
    );
  }
}

/**
 * Opens the store in a file, made when it is not there; `:memory:` keeps it in this process. Several processes may use
 * one file. Throws StoreVersionError, and what SQLite throws: a file that is no database, a folder that is not there.
 */
export function openSqliteStore(file: string): SqliteStore {
  const database = openDatabase(file);
  try {
    prepareFile(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    memories: async (scopes) => memoriesOf(database, scopes),
    remember: async (scope, memory) => inTransaction(database, () => remember(database, scope, memory)),
    findingsOf: async (scope) => findingsOf(database, scope),
    commit: async (steps, memories) => commit(database, steps, memories),
    listOpen: (account) => listOpen(database, account),
    listUnpublished: (unreadable) => listUnpublished(database, unreadable),
    markPublished: async (id, at) => {
      const mark = 'UPDATE transitions SET published_at = ? WHERE id = ? AND published_at IS NULL';
      database.prepare(mark).run(at.toISOString(), id);
    },
    close: () => database.close(),
  };
}

function prepareFile(database: DatabaseSync, file: string): void {
  inTransaction(database, () => {
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version !== 0 && version !== FILE_VERSION) throw new StoreVersionError(file, version);
    database.exec(SCHEMA);
    database.exec(`PRAGMA user_version = ${FILE_VERSION}`);
  });
}

function memoriesOf(database: DatabaseSync, scopes: readonly FindingScope[]): Memories {
  const read = database.prepare('SELECT body FROM memories WHERE scope = ?');
  const found = new Map<string, ScopeMemory>();
  for (const scope of scopes) {
    const key = findingScopeKey(scope);
    const row = read.get(key);
    if (row !== undefined) found.set(key, readRecord(scopeMemorySchema, key, String(row['body'])));
  }
  return found;
}

function remember(database: DatabaseSync, scope: FindingScope, memory: ScopeMemory): Written {
  const key = findingScopeKey(scope);
  if (memoryVersion(database, key) !== memory.version - 1) return 'conflict';
  database
    .prepare('INSERT OR REPLACE INTO memories (scope, version, expires, body) VALUES (?, ?, ?, ?)')
    .run(key, memory.version, memory.expires, JSON.stringify(memory));
  forget(database, Date.parse(memory.runs[0]?.order.split(' ', 1)[0] ?? ''));
  return 'written';
}

/** Drops what has expired by the time of an audit; no clock but the audits' own is needed. */
function forget(database: DatabaseSync, now: number): void {
  if (Number.isNaN(now)) return;
  const seconds = Math.floor(now / 1000);
  database.prepare('DELETE FROM findings WHERE expires < ?').run(seconds);
  database.prepare('DELETE FROM memories WHERE expires < ?').run(seconds);
  const publishedBefore = new Date(now - KEEP_PUBLISHED_DAYS * 86_400_000).toISOString();
  database.prepare('DELETE FROM transitions WHERE published_at < ?').run(publishedBefore);
}

function memoryVersion(database: DatabaseSync, key: string): number {
  return Number(database.prepare('SELECT version FROM memories WHERE scope = ?').get(key)?.['version'] ?? 0);
}

function findingsOf(database: DatabaseSync, scope: FindingScope): StoredFinding[] {
  const [condition, value] = indexed(scope);
  const rows = database
    .prepare(`SELECT fingerprint, body FROM findings WHERE account = ? AND ${condition} ORDER BY fingerprint`)
    .all(scope.account, ...value);
  return rows.map(readFinding).filter(({ finding }) => inScope(finding, scope));
}

function indexed(scope: FindingScope): [condition: string, value: string[]] {
  switch (scope.kind) {
    case 'account':
      return ['TRUE', []];
    case 'role':
      return ['role = ?', [scope.role.toLowerCase()]];
    case 'cluster':
    case 'service-account':
      return ['cluster = ?', [clusterKey(scope.region, scope.cluster)]];
  }
}

function clusterKey(region: string, cluster: string): string {
  return `${region}/${cluster}`;
}

function readFinding(row: Record<string, unknown>): StoredFinding {
  return readRecord(storedFindingSchema, String(row['fingerprint']), String(row['body']));
}

function commit(database: DatabaseSync, steps: readonly Step[], memories: Memories): Commit {
  if (steps.length === 0) return { outcome: 'written', transitions: [] };
  return inTransaction(database, () => {
    const around = new Set(
      steps.flatMap(({ after }) => scopesAround(after.finding).map((scope) => findingScopeKey(scope))),
    );
    const asLoaded =
      [...around].every((key) => memoryVersion(database, key) === (memories.get(key)?.version ?? 0)) &&
      steps.every((step) => findingVersion(database, step) === (step.before?.version ?? 0));
    if (!asLoaded) return { outcome: 'conflict', transitions: [] };
    for (const step of steps) write(database, step);
    return { outcome: 'written', transitions: steps.flatMap(({ transition }) => transition ?? []) };
  });
}

function findingVersion(database: DatabaseSync, { after }: Step): number {
  const read = database.prepare('SELECT version FROM findings WHERE fingerprint = ?');
  return Number(read.get(after.finding.fingerprint)?.['version'] ?? 0);
}

function write(database: DatabaseSync, { after, transition }: Step): void {
  const { finding } = after;
  const cluster =
    finding.region === undefined || finding.cluster === undefined
      ? null
      : clusterKey(finding.region, finding.cluster);
  database
    .prepare(
      `INSERT OR REPLACE INTO findings (fingerprint, account, role, cluster, status, version, expires, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      finding.fingerprint,
      finding.account,
      ownRoleName(finding),
      cluster,
      finding.status,
      after.version,
      after.expires ?? null,
      JSON.stringify(after),
    );
  if (transition === null) return;
  database
    .prepare('INSERT INTO transitions (id, read_at, fingerprint, sequence, body) VALUES (?, ?, ?, ?, ?)')
    .run(
      transition.id,
      transition.readAt,
      finding.fingerprint,
      transition.sequence,
      JSON.stringify(transition),
    );
}

async function* listOpen(database: DatabaseSync, account?: string): AsyncIterable<StoredFinding> {
  const condition = account === undefined ? '' : 'AND account = ?';
  const rows = database
    .prepare(
      `SELECT fingerprint, body FROM findings WHERE status <> 'resolved' ${condition} ORDER BY account, fingerprint`,
    )
    .all(...(account === undefined ? [] : [account]));
  for (const row of rows) yield readFinding(row);
}

async function* listUnpublished(database: DatabaseSync, unreadable?: Unreadable): AsyncIterable<Transition> {
  const rows = database
    .prepare(
      'SELECT id, body FROM transitions WHERE published_at IS NULL ORDER BY read_at, fingerprint, sequence',
    )
    .all();
  for (const row of rows) {
    const read = () => readRecord(transitionSchema, String(row['id']), String(row['body']));
    const transition = passingOver(read, unreadable);
    if (transition !== undefined) yield transition;
  }
}
