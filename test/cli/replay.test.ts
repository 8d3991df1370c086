import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'podtrust-replay-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const event = JSON.parse(readFileSync('events/UpdateAssumeRolePolicy/success.json', 'utf8'));

describe('replay', () => {
  it('tells what the pipeline would tell of a scenario, and exits by what is open at the end', async () => {
    const { code, out } = await runCli(['replay', 'events/scenarios/trust-widened.json']);
    expect(code).toBe(1);
    expect(out).toContain('+ new [');
    expect(out).toContain('✓ resolved [');
    expect(out).toMatch(/3 events .* 3 evaluations/);
  });

  it('tells the same where repairs are configured: they are not played', async () => {
    const config = file('fixes.json', '{ "fixes": { "mode": "auto" } }');
    const without = await runCli(['replay', 'events/scenarios/trust-widened.json']);
    const replayed = await runCli(['replay', 'events/scenarios/trust-widened.json', '--config', config]);
    expect(replayed).toEqual(without);
  });

  it.each<[string, string]>([
    ['one envelope', JSON.stringify(event)],
    ['a list of envelopes', JSON.stringify([event])],
    ['an envelope a line', `${JSON.stringify(event)}\n\n`],
    ['a log of CloudTrail', JSON.stringify({ Records: [event.detail] })],
  ])('takes %s', async (name, text) => {
    const { out } = await runCli(['replay', file(`${name}.json`, text), '--output', 'json']);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, events: 1, unreadable: 0, evaluations: 1 });
  });

  it.each<[string, string, string]>([
    ['a line that is no JSON', `${JSON.stringify(event)}\n{`, 'line 2'],
    ['nothing', '[]', 'no event'],
  ])('refuses %s, and says where', async (name, text, says) => {
    const { code, err } = await runCli(['replay', file(`${name}.json`, text)]);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });

  it('prints no control characters of hostile events', async () => {
    const hostile = structuredClone(event);
    hostile.detail.userIdentity.sessionContext.sessionIssuer.arn = 'arn:aws:iam::1:role/\u001b[2J';
    const { out } = await runCli(['replay', file('hostile.json', JSON.stringify(hostile))]);
    expect(out).not.toContain('\u001b');
  });
});
