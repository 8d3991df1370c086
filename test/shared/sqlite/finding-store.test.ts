import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { UnreadableRecordError } from '../../../shared/findings/stored.ts';
import { openSqliteStore, StoreVersionError } from '../../../shared/sqlite/finding-store.ts';
import { all, findingStoreSuite, record } from '../../support/finding-store-suite.ts';
import { auditOf, findingOf, ROLE_SCOPE } from '../../support/findings.ts';

findingStoreSuite(async () => openSqliteStore(':memory:'));

describe('the store in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'podtrust-store-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const fileOf = (name: string) => join(folder, name);

  it('is there again when it is opened again, also by two at once', async () => {
    const one = openSqliteStore(fileOf('again'));
    await record(one, auditOf(1, { findings: [findingOf()] }));
    const two = openSqliteStore(fileOf('again'));
    await record(two, auditOf(2));
    expect((await one.findingsOf(ROLE_SCOPE)).map(({ finding }) => finding.status)).toEqual(['resolved']);
    expect((await all(two.listUnpublished())).map(({ change }) => change)).toEqual(['new', 'resolved']);
    one.close();
    two.close();
  });

  it('forgets what was resolved or published long ago, and never what was not published', async () => {
    const store = openSqliteStore(fileOf('forgets'));
    await record(store, auditOf(1, { findings: [findingOf()] }));
    await record(store, auditOf(2));
    const [created] = await all(store.listUnpublished());
    await store.markPublished(created!.id, new Date('2026-11-20T09:15:00Z'));
    await record(store, auditOf(3, { readAt: '2027-02-18T09:14:01Z' }));
    expect(await store.findingsOf(ROLE_SCOPE)).toHaveLength(1);
    await record(store, auditOf(4, { readAt: '2027-02-18T09:15:01Z' }));
    expect(await store.findingsOf(ROLE_SCOPE)).toEqual([]);
    expect((await all(store.listUnpublished())).map(({ change }) => change)).toEqual(['resolved']);
    await record(store, auditOf(5, { readAt: '2027-02-18T09:16:01Z', findings: [findingOf()] }));
    const [, again] = await all(store.listUnpublished());
    expect(again).toMatchObject({ change: 'new', sequence: 1 });
    expect(again?.id).not.toBe(created?.id);
    store.close();
    const database = new DatabaseSync(fileOf('forgets'));
    expect(database.prepare('SELECT count(*) AS n FROM transitions').get()).toEqual({ n: 2 });
    database.close();
  });

  it('says so when it was written by a version to come', () => {
    const database = new DatabaseSync(fileOf('newer'));
    database.exec('PRAGMA user_version = 2');
    database.close();
    expect(() => openSqliteStore(fileOf('newer'))).toThrow(StoreVersionError);
  });

  it('says which record cannot be read', async () => {
    const store = openSqliteStore(fileOf('odd'));
    await record(store, auditOf(1, { findings: [findingOf()] }));
    const database = new DatabaseSync(fileOf('odd'));
    for (const [body, message] of [
      ['{', /it is no JSON/],
      ['{"finding":1}', /\/finding \(invalid_type\)/],
    ] as const) {
      database.prepare('UPDATE findings SET body = ?').run(body);
      const reading = store.findingsOf(ROLE_SCOPE);
      await expect(reading).rejects.toThrow(UnreadableRecordError);
      await expect(reading).rejects.toThrow(message);
    }
    database.close();
    store.close();
  });

  it('is refused when the file is something else', () => {
    writeFileSync(fileOf('text'), 'This is a text and no database. '.repeat(100));
    expect(() => openSqliteStore(fileOf('text'))).toThrow(/not a database/);
  });

  it('passes over a transition that cannot be read, and says so to whoever listens', async () => {
    const store = openSqliteStore(fileOf('poison'));
    await record(store, auditOf(1, { findings: [findingOf()] }));
    await record(store, auditOf(2));
    const database = new DatabaseSync(fileOf('poison'));
    database.exec("UPDATE transitions SET body = '{' WHERE sequence = 1");
    database.close();
    const heard: string[] = [];
    const read = await all(store.listUnpublished((error) => heard.push(error.name)));
    expect(read.map(({ change }) => change)).toEqual(['resolved']);
    expect(heard).toEqual(['UnreadableRecordError']);
    await expect(all(store.listUnpublished())).rejects.toThrow(UnreadableRecordError);
    store.close();
  });
});
