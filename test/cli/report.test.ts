import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { sarifErrors } from '../support/published-schemas.ts';
import { runCli } from '../support/run-cli.ts';

const cwd = mkdtempSync(join(tmpdir(), 'podtrust-report-'));
beforeAll(() => writeFileSync(join(cwd, 'estate.json'), writeSnapshot(demoSnapshot())));
afterAll(() => rmSync(cwd, { recursive: true }));
const report = (...argv: string[]) => runCli(['report', '--snapshot', 'estate.json', ...argv], { cwd });

describe('podtrust report', () => {
  it('writes SARIF that its schema takes, to stdout alone', async () => {
    const { code, out, err } = await report('--format', 'sarif');
    expect([code, err]).toEqual([0, '']);
    expect(sarifErrors(JSON.parse(out))).toEqual([]);
  });

  it('writes a file, gzipped when its name says so, and says on stderr what it did', async () => {
    const plain = await report('--format', 'csv');
    const { code, out, err } = await report('--format', 'csv', '--out', 'deep/report.csv.gz');
    expect([code, out]).toEqual([0, '']);
    expect(err).toMatch(/^podtrust: \d+ findings, written to deep\/report\.csv\.gz\.\n$/);
    expect(gunzipSync(readFileSync(join(cwd, 'deep/report.csv.gz'))).toString()).toBe(plain.out);
  });

  it('narrows to a rule', async () => {
    const { out } = await report('--format', 'json', '--rule', 'no-public-trust');
    expect(new Set(JSON.parse(out).findings.map((one: { rule: string }) => one.rule))).toEqual(
      new Set(['no-public-trust']),
    );
  });

  it.each<[string, string[], RegExp]>([
    ['no format', [], /--format/],
    ['an unknown format', ['--format', 'pdf'], /Allowed choices are sarif/],
    ['asff without a region', ['--format', 'asff'], /--hub-region eu-west-1/],
    [
      'asff for something that is no account',
      ['--format', 'asff', '--hub-region', 'eu-west-1', '--hub-account', 'x'],
      /12-digit/,
    ],
    ['a hub for another format', ['--format', 'csv', '--hub-region', 'eu-west-1'], /are for --format asff/],
    ['an unknown rule', ['--format', 'csv', '--rule', 'no-such'], /there is no rule/],
    ['a folder that is a file', ['--format', 'csv', '--out', 'estate.json/x.csv'], /cannot be written/],
  ])('refuses %s', async (_name, argv, words) => {
    const { code, out, err } = await report(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(words);
  });
});
