import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { dataIn } from '../support/html-reports.ts';
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

  it('writes HTML with the plans, chains and graph of the estate, and with the history that it is given', async () => {
    const events = await runCli(['replay', 'events/scenarios/trust-widened.json', '--output', 'json']);
    writeFileSync(join(cwd, 'history.json'), events.out);
    const { transitions } = JSON.parse(events.out);
    writeFileSync(
      join(cwd, 'history.ndjson'),
      transitions.map((one: object) => JSON.stringify(one)).join('\n'),
    );
    const [whole, lines, none] = await Promise.all([
      report('--format', 'html', '--history', 'history.json'),
      report('--format', 'html', '--history', 'history.ndjson'),
      report('--format', 'html'),
    ]);
    expect([whole.code, whole.err]).toEqual([0, '']);
    expect(lines.out).toBe(whole.out);
    const data = dataIn(whole.out);
    expect(data.plans.length).toBeGreaterThan(10);
    expect(data.chains.length).toBeGreaterThan(10);
    expect(data.graph?.nodes.length).toBeGreaterThan(100);
    expect(data.trend?.points.length).toBeGreaterThan(0);
    expect(dataIn(none.out).trend).toBeNull();
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
    ['causes of a snapshot', ['--format', 'html', '--causes'], /leave out --snapshot/],
    ['a history for another format', ['--format', 'csv', '--history', 'x'], /is for --format html/],
    ['a history that is none', ['--format', 'html', '--history', 'estate.json'], /number 1 is no transition/],
    ['a history that is not there', ['--format', 'html', '--history', 'no.json'], /cannot be read/],
    ['an unknown rule', ['--format', 'csv', '--rule', 'no-such'], /there is no rule/],
    ['a folder that is a file', ['--format', 'csv', '--out', 'estate.json/x.csv'], /cannot be written/],
  ])('refuses %s', async (_name, argv, words) => {
    const { code, out, err } = await report(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(words);
  });
});
