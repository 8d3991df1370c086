import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { type Audit, auditSchema } from '../../shared/findings/finding.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'podtrust-waivers-'));
const cwd = folder;
const FILE = join(folder, 'podtrust.waivers.yaml');
const answers = [
  '--owner',
  'platform',
  '--reason',
  'moves in Q1',
  '--ticket',
  'SEC-1',
  '--expires',
  '2027-01-31',
];

beforeEach(() => rmSync(FILE, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'estate.json'), writeSnapshot(demoSnapshot()));

async function audited(...argv: readonly string[]): Promise<Audit & { code: number; err: string }> {
  const { code, out, err } = await runCli(
    ['audit', '--snapshot', 'estate.json', '--output', 'json', ...argv],
    { cwd },
  );
  return { ...auditSchema.parse(JSON.parse(out)), code, err };
}

describe('podtrust waive', () => {
  it('accepts one finding, which stays visible and is counted apart', async () => {
    const before = await audited();
    const [one] = before.findings;
    const waived = await runCli(['waive', one?.fingerprint ?? '', ...answers], { cwd });
    expect(waived).toMatchObject({ code: 0, err: '' });
    const after = await audited();
    expect(after.findings.map(({ fingerprint }) => fingerprint)).toEqual(
      before.findings.map(({ fingerprint }) => fingerprint),
    );
    expect(after.findings[0]).toMatchObject({
      status: 'waived',
      waiver: { owner: 'platform', ticket: 'SEC-1' },
    });
    expect([before.summary.waived, after.summary.waived]).toEqual([0, 1]);
    const total = ({ summary }: Audit) => Object.values(summary.findings).reduce((sum, n) => sum + n, 0);
    expect(total(after)).toBe(total(before) - 1);
    const shown = await runCli(['audit', '--snapshot', 'estate.json', '--rule', one?.rule ?? ''], { cwd });
    expect(shown.out).toContain('accepted by platform until 2027-01-31 (SEC-1)');
    expect(shown.out).toContain('1 accepted by waivers');
  });

  it('of every finding of a rule lets a gate pass', async () => {
    const rule = 'no-wildcard-subject';
    expect((await audited('--rule', rule)).code).toBe(1);
    expect(await runCli(['waive', '--rule', rule, ...answers], { cwd })).toMatchObject({ code: 0 });
    expect((await audited('--rule', rule)).code).toBe(0);
  });

  it('no longer does when it has ended, and says so', async () => {
    await runCli(['waive', '--rule', 'no-wildcard-subject', ...answers], { cwd });
    const now = () => new Date('2027-02-01T00:00:00Z');
    const late = await runCli(['audit', '--snapshot', 'estate.json', '--rule', 'no-wildcard-subject'], {
      cwd,
      now,
    });
    expect(late.code).toBe(1);
    expect(late.err).toContain('1 of 1 waivers in podtrust.waivers.yaml do not hold');
  });

  it('adds to a file that is there, without touching what else it says', async () => {
    const text =
      '# ours\nwaivers:\n  - rule: no-mixed-trust # for now\n    owner: a\n    reason: b\n    ticket: c\n    expires: 2027-01-01\n';
    writeFileSync(FILE, text);
    await runCli(['waive', '--rule', 'no-public-trust', '--role', '*:role/x', ...answers], { cwd });
    expect(readFileSync(FILE, 'utf8').startsWith(text)).toBe(true);
  });

  it('takes a rule by its number, as audit does', async () => {
    expect(await runCli(['waive', '--rule', 'pt-124', ...answers], { cwd })).toMatchObject({ code: 0 });
    expect(readFileSync(FILE, 'utf8')).toContain('- rule: no-mixed-trust\n');
    expect(await runCli(['waive', '--rule', 'no-unjudged-change', ...answers], { cwd })).toMatchObject({
      code: 0,
    });
  });

  it('does not add what is there already, and says so', async () => {
    const wish = ['waive', '--rule', 'no-mixed-trust', '--region', 'eu-*', ...answers];
    await runCli(wish, { cwd });
    const before = readFileSync(FILE, 'utf8');
    expect(await runCli(wish, { cwd })).toEqual({
      code: 0,
      out: 'podtrust.waivers.yaml has this waiver already: it is number 1. Nothing was written.\n',
      err: '',
    });
    expect(readFileSync(FILE, 'utf8')).toBe(before);
    // Another day is another decision.
    await runCli([...wish.slice(0, -1), '2027-02-28'], { cwd });
    expect(readFileSync(FILE, 'utf8').startsWith(before)).toBe(true);
    expect(await runCli(['waivers', 'check'], { cwd })).toMatchObject({
      code: 1,
      out: 'podtrust.waivers.yaml:8: no-mixed-trust: accepts the same as line 2: take out the one that ends earlier\n2 waivers, 1 to look at.\n',
    });
  });

  it.each<[string, readonly string[], string]>([
    ['for nothing in particular', answers, 'names neither a finding nor a rule'],
    [
      'for a day that is past',
      ['--rule', 'no-public-trust', ...answers.slice(0, -1), '2026-11-01'],
      'is in the past',
    ],
    [
      'for longer than is allowed',
      ['--rule', 'no-public-trust', ...answers.slice(0, -1), '2031-01-01'],
      'more than 365 days ahead',
    ],
    [
      'for a rule that there is not',
      ['--rule', 'no-such-rule', ...answers],
      'there is no rule "no-such-rule"',
    ],
    [
      'for something that is no fingerprint',
      ['PT-101', ...answers],
      'a fingerprint is 32 hexadecimal digits',
    ],
    [
      'without an owner',
      ['--rule', 'no-public-trust', ...answers.slice(2)],
      "required option '--owner <who>'",
    ],
  ])('%s is refused, and nothing is written', async (_name, argv, message) => {
    const result = await runCli(['waive', ...argv], { cwd });
    expect(result.code).toBe(2);
    expect(result.err).toContain(message);
    expect(() => readFileSync(FILE)).toThrow();
  });

  it('into a file that cannot be read is refused, and the file stays as it is', async () => {
    writeFileSync(FILE, 'waivers: [\n');
    const result = await runCli(['waive', '--rule', 'no-public-trust', ...answers], { cwd });
    expect(result.code).toBe(2);
    expect(readFileSync(FILE, 'utf8')).toBe('waivers: [\n');
  });
});

describe('an audit', () => {
  it('under waivers that cannot be read does not go on as if there were none', async () => {
    writeFileSync(FILE, 'waivers:\n  - rule: no-public-trust\n');
    const result = await runCli(['audit', '--snapshot', 'estate.json'], { cwd });
    expect(result.code).toBe(2);
    expect(result.err).toContain('podtrust.waivers.yaml":2:5: waivers.0.owner: it is missing');
  });

  it('says when the named file is not there', async () => {
    expect(
      await runCli(['audit', '--snapshot', 'estate.json', '--waivers', 'no.yaml'], { cwd }),
    ).toMatchObject({ code: 2 });
  });
});

describe('podtrust waivers check', () => {
  const check = (...argv: readonly string[]) => runCli(['waivers', 'check', ...argv], { cwd });
  const entry = (rule: string, expires: string) =>
    `  - rule: ${rule}\n    owner: a\n    reason: b\n    ticket: c\n    expires: ${expires}\n`;

  it('is content with a file in order', async () => {
    writeFileSync(FILE, `waivers:\n${entry('no-wildcard-subject', '2027-01-31')}`);
    expect(await check('--snapshot', 'estate.json')).toEqual({
      code: 0,
      err: '',
      out: '1 waivers, all of them in order.\n',
    });
  });

  it.each<[string, string, string, readonly string[]]>([
    ['expired', entry('no-public-trust', '2026-11-21'), 'expired on 2026-11-21', []],
    ['about to end', entry('no-public-trust', '2026-11-30'), 'ends on 2026-11-30, in 8 days', []],
    ['too long', entry('no-public-trust', '2031-01-01'), 'more than 365 days', []],
    [
      'without use',
      entry('no-foreign-access-principal', '2027-01-31').replace(
        'owner',
        'account: "000000000000"\n    owner',
      ),
      'accepts nothing that was found',
      ['--snapshot', 'estate.json'],
    ],
  ])('names one that is %s, with its line', async (_name, text, message, argv) => {
    writeFileSync(FILE, `waivers:\n${text}`);
    const result = await check(...argv);
    expect(result.code).toBe(1);
    expect(result.out).toContain(`podtrust.waivers.yaml:2: `);
    expect(result.out).toContain(message);
  });

  it('lists every problem of a file that cannot be used', async () => {
    writeFileSync(FILE, 'waivers:\n  - rule: no-public-trust\n');
    const result = await check();
    expect(result.code).toBe(2);
    expect(result.err.trim().split('\n')).toHaveLength(4);
  });
});
