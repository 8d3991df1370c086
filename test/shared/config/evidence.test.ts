import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config/parse-config.ts';

const parse = (trail: object) => parseConfig(JSON.stringify({ evidence: { trail } })).evidence.trail;
const named = { database: 'audit', table: 'cloudtrail_logs' };

describe("a table over a trail's log files", () => {
  it('needs its names alone', () => {
    expect(parse(named)).toEqual({
      ...named,
      catalog: 'AwsDataCatalog',
      workgroup: 'primary',
      days: 7,
      seconds: 300,
      partitions: {},
    });
    expect(parseConfig('{}').evidence).toEqual({});
  });

  it('may be partitioned by day, account and region', () => {
    const partitions = { day: { column: 'dt', format: 'yyyy-MM-dd' }, account: 'account', region: 'region' };
    expect(parse({ ...named, partitions })?.partitions).toEqual(partitions);
    expect(parse({ ...named, partitions: { day: {} } })?.partitions.day).toEqual({
      column: 'timestamp',
      format: 'yyyy/MM/dd',
    });
  });

  it.each<[string, object]>([
    ['an unknown key', { ...named, tabel: 'x' }],
    ['no table', { database: 'audit' }],
    ['a table that ends its quotation marks', { ...named, table: 'x" UNION SELECT "' }],
    ['a column that ends them', { ...named, partitions: { account: 'a"b' } }],
    ['a format that nobody writes a day in', { ...named, partitions: { day: { format: 'MM/dd' } } }],
    ['more days than CloudTrail keeps in its history', { ...named, days: 91 }],
    ['a place that is no bucket', { ...named, output: 'https://bucket/x' }],
    ['an account that is none', { ...named, account: '1234' }],
  ])('cannot have %s', (_what, trail) => {
    expect(() => parse(trail)).toThrow(/evidence/);
  });
});
