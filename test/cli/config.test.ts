import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'podtrust-config-'));
const file = (text: string): string => {
  const path = join(folder, `${Math.abs(hashOf(text))}.json`);
  writeFileSync(path, text);
  return path;
};
const hashOf = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);

describe('config check', () => {
  it('says what a valid file asks for', async () => {
    const path = file(
      '{"deployment":{"members":{"organization":"o-a1b2c3d4e5"},"notifications":{"chat":true}}}',
    );
    const { code, out, err } = await runCli(['config', 'check', path]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('is valid');
    expect(out).toMatch(/Events from\s+organization o-a1b2c3d4e5/);
  });

  it.each([
    ['{}', /Refused calls\s+not followed/, /A trail's log files\s+no table named/],
    [
      '{"deployment":{"sessions":{"accessDenied":true}},"evidence":{"trail":{"database":"audit","table":"logs"}}}',
      /Refused calls\s+of every account/,
      /A trail's log files\s+audit\.logs/,
    ],
    [
      '{"deployment":{"sessions":{"accessDenied":["111122223333"]}}}',
      /Refused calls\s+111122223333/,
      /no table named/,
    ],
  ])('says what evidence %s asks for', async (text, calls, trail) => {
    const { out } = await runCli(['config', 'check', file(text)]);
    expect(out).toMatch(calls);
    expect(out).toMatch(trail);
  });

  it('says each problem with its line and column, and prints no document', async () => {
    const path = file('{\n  "deployment": { "batchSeconds": -1, "emails": [] }\n}');
    const { code, out, err } = await runCli(['config', 'check', path]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${path}:2:35: deployment.batchSeconds`);
    expect(err).toContain(`${path}:2:39: deployment.emails: there is no such setting`);
  });

  it('does not print what hostile keys would do to a terminal', async () => {
    const { err } = await runCli(['config', 'check', file('{"\\u001b[2Jx": 1}')]);
    expect(err).not.toContain('\u001b');
  });

  it('says that a file is not there', async () => {
    const { code, err } = await runCli(['config', 'check', join(folder, 'nowhere.json')]);
    expect(code).toBe(2);
    expect(err).toContain('nowhere.json');
  });
});

it('config schema prints the published schema', async () => {
  const { code, out } = await runCli(['config', 'schema']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toHaveProperty('properties.deployment');
});
