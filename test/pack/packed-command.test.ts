import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPageAssets } from '../../shared/lambda/page-assets.ts';
import { dataIn } from '../support/html-reports.ts';

/** The oldest Node.js that the packed command promises to run on, from the registry, for this kind of machine. */
const OLDEST_NODE = '22.19.0';

const folder = mkdtempSync(join(tmpdir(), 'podtrust-pack-'));
let node = process.execPath;

beforeAll(() => {
  const tarball = execFileSync(process.execPath, ['scripts/pack.ts'], { encoding: 'utf8' }).trim();
  const wanted = [resolve(tarball)];
  const exact = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  if (exact) wanted.push(`node-linux-${process.arch}@${OLDEST_NODE}`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, ...wanted], {
    stdio: 'pipe',
  });
  if (exact) node = join(folder, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function podtrust(...argv: string[]) {
  const command = join(folder, 'node_modules', 'podtrust', 'podtrust.mjs');
  return spawnSync(node, [command, ...argv], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
    env: { PATH: process.env['PATH'] ?? '' },
  });
}

describe('the packed command, installed in an empty folder', () => {
  it('depends on nothing and brings no Node binary', () => {
    const manifest: unknown = JSON.parse(
      readFileSync(join(folder, 'node_modules/podtrust/package.json'), 'utf8'),
    );
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('optionalDependencies');
  });

  it('runs on the oldest Node.js that it promises', () => {
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    expect(version).toMatch(/^v(22\.19|2[2-9]\.)/);
    expect(podtrust('--version')).toMatchObject({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it('runs the whole demo and leaves its files', () => {
    const result = podtrust('demo');
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(statSync(join(folder, 'podtrust-demo/snapshot.json')).size).toBeGreaterThan(10_000);
    expect(
      dataIn(readFileSync(join(folder, 'podtrust-demo/report.html'), 'utf8')).findings.length,
    ).toBeGreaterThan(50);
  });

  it('brings the page of the HTML report, built', async () => {
    const result = podtrust('report', '--snapshot', 'podtrust-demo/snapshot.json', '--format', 'html');
    expect([result.status, result.stderr]).toEqual([0, '']);
    const { script } = await readPageAssets(join(folder, 'node_modules/podtrust/report-page'));
    expect(script.length).toBeGreaterThan(100_000);
    expect(result.stdout).toContain(script);
  });

  it('audits the snapshot that the demo wrote', () => {
    const result = podtrust('audit', '--snapshot', 'podtrust-demo/snapshot.json', '--output', 'json');
    expect(result.status).toBe(1);
    expect(JSON.parse(result.stdout)).toHaveProperty('findings.0.fingerprint');
  });

  it('answers with exit code 4 and one line without credentials', () => {
    const result = podtrust('audit', '--regions', 'eu-west-1');
    expect(result.status).toBe(4);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'podtrust.config.json'))).toBe(false);
  });
});
