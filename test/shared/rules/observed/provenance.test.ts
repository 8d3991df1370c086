import { expect, it } from 'vitest';
import { provenanceOf, readOf, toldBy } from '../../../../shared/rules/observed/provenance.ts';

const since = '2026-11-01T00:00:00Z';

it.each([
  ['pipeline', true, `the events of the pipeline since ${since}`, 'cloudtrail:LookupEvents'],
  [
    'cloudtrail-sample',
    false,
    `a sample of CloudTrail's event history since ${since}, of which some are missing`,
    'cloudtrail:LookupEvents',
  ],
  ['trail', true, `a trail's log files since ${since}`, 'athena:GetQueryResults'],
] as const)('%s, complete: %s', (source, complete, words, read) => {
  const of = { source, since, complete };
  expect(toldBy(of)).toBe(words);
  expect(readOf(of)).toBe(read);
  expect(provenanceOf({ ...of, gap: 'x', seen: [] } as typeof of)).toEqual(of);
});
