import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../shared/sqlite/finding-store.ts';
import { openSqliteRecords, RepairFileError } from '../../../shared/sqlite/records.ts';
import { repairStoreSuite } from '../../support/repair-store-suite.ts';

repairStoreSuite(async () => openSqliteRecords(':memory:'));

describe('records in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'podtrust-records-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are there again when it is opened again, also by two at once', async () => {
    const one = openSqliteRecords(join(folder, 'again'));
    const two = openSqliteRecords(join(folder, 'again'));
    expect(await one.write('p', 'a', 'text', 0)).toBe(true);
    expect(await two.write('p', 'a', 'other', 0)).toBe(false);
    expect(await two.read('p', 'a')).toEqual({ sort: 'a', body: 'text', version: 1 });
    one.close();
    two.close();
  });

  it('are not looked for in a file of something else', () => {
    openSqliteStore(join(folder, 'findings')).close();
    expect(() => openSqliteRecords(join(folder, 'findings'))).toThrow(RepairFileError);
  });
});
