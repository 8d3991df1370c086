import { describe, expect, it } from 'vitest';
import { COLUMNS, trailQuery } from '../../../../../shared/aws/evidence/trail/query.ts';
import { configSchema } from '../../../../../shared/config/config.ts';

const query = {
  accounts: ['111122223333', '444455556666'],
  regions: ['eu-west-1', 'us-east-1'],
  from: new Date('2026-11-15T12:00:00Z'),
  to: new Date('2026-11-22T12:00:00Z'),
  accessDenied: false,
};
const sqlWith = (changes: object = {}, asked: Partial<typeof query> = {}): string => {
  const { evidence } = configSchema.parse({
    evidence: { trail: { database: 'audit', table: 'cloudtrail', ...changes } },
  });
  if (evidence.trail === undefined) throw new Error('no trail');
  return trailQuery(evidence.trail, { ...query, ...asked });
};
const whereOf = (sql: string): string => /WHERE recipientaccountid[\s\S]*?\n\)/.exec(sql)?.[0] ?? '';

describe('the query', () => {
  it('names the table between quotation marks, and asks for accounts and times', () => {
    const sql = sqlWith();
    expect(sql).toContain('FROM "AwsDataCatalog"."audit"."cloudtrail"');
    expect(whereOf(sql)).toBe(
      [
        "WHERE recipientaccountid IN ('111122223333', '444455556666')",
        "    AND eventtime >= '2026-11-15T12:00:00Z'",
        "    AND eventtime <= '2026-11-22T12:00:00Z'",
        ')',
      ].join('\n'),
    );
  });

  it.each([
    ['yyyy/MM/dd', '2026/11/15', '2026/11/22'],
    ['yyyy-MM-dd', '2026-11-15', '2026-11-22'],
    ['yyyyMMdd', '20261115', '20261122'],
  ])('scans no more days than it asks for: %s', (format, first, last) => {
    const where = whereOf(sqlWith({ partitions: { day: { column: 'dt', format } } }));
    expect(where).toContain(`AND "dt" >= '${first}'`);
    expect(where).toContain(`AND "dt" <= '${last}'`);
  });

  it('scans no other accounts and regions', () => {
    const where = whereOf(sqlWith({ partitions: { account: 'acc', region: 'reg' } }));
    expect(where).toContain(`"acc" IN ('111122223333', '444455556666')`);
    expect(where).toContain(`"reg" IN ('eu-west-1', 'us-east-1')`);
  });

  it.each([
    ['are not partitioned', {}, query.regions],
    ['are not known', { partitions: { region: 'reg' } }, undefined],
    ['are none', { partitions: { region: 'reg' } }, []],
  ])('asks for no regions where they %s', (_when, changes, regions) => {
    const { regions: _, ...rest } = query;
    const { evidence } = configSchema.parse({
      evidence: { trail: { database: 'audit', table: 'cloudtrail', ...changes } },
    });
    if (evidence.trail === undefined) throw new Error('no trail');
    const sql = trailQuery(evidence.trail, { ...rest, ...(regions !== undefined && { regions }) });
    expect(whereOf(sql)).not.toContain('reg');
  });

  it('reads the column of web identities only where refused calls are wanted', () => {
    expect(sqlWith()).not.toContain('webidfederationdata');
    expect(sqlWith({}, { accessDenied: true })).toContain('webidfederationdata');
  });

  it('names no column with a word that Athena reserves', () => {
    const RESERVED = ['first', 'last', 'order', 'group', 'table', 'user', 'values', 'end', 'column'];
    expect(COLUMNS.filter((name) => RESERVED.includes(name))).toEqual([]);
  });

  it('is short enough for Athena', () => {
    // 262,144 bytes (Athena user guide, "Service Quotas").
    const accounts = Array.from({ length: 5_000 }, (_, n) => String(100_000_000_000 + n));
    const sql = sqlWith({ partitions: { account: 'acc' } }, { accounts, accessDenied: true });
    expect(sql.length).toBeLessThan(262_144);
  });
});
