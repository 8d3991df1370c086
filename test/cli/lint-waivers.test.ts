import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type LintReport, lintSchema } from '../../shared/lint/report.ts';
import { publishedErrors, sarifErrors } from '../support/published-schemas.ts';
import { runCli } from '../support/run-cli.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/lint/${name}`, import.meta.url), 'utf8');
const cwd = mkdtempSync(join(tmpdir(), 'podtrust-lint-waivers-'));
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
afterAll(() => rmSync(cwd, { recursive: true }));
beforeEach(() => {
  rmSync(join(cwd, 'podtrust.waivers.yaml'), { force: true });
  write('trust.json', fixture('trust-policy.json'));
});

const waiver = (about: string, expires = '2027-03-31') =>
  `  - ${about}\n    owner: platform@example.com\n    reason: until the rename\n    ticket: SEC-9\n    expires: ${expires}\n`;
const accept = (...waivers: readonly string[]) =>
  write('podtrust.waivers.yaml', waivers.length === 0 ? 'waivers: []\n' : `waivers:\n${waivers.join('')}`);
const lint = (...argv: readonly string[]) => runCli(['lint', ...argv], { cwd });

async function report(...argv: readonly string[]): Promise<LintReport> {
  const { out } = await lint(...argv, '--format', 'json');
  expect(publishedErrors('lint', JSON.parse(out))).toEqual([]);
  return lintSchema.parse(JSON.parse(out));
}

describe('a waived finding of a file', () => {
  it('is shown as accepted, counted apart and fails nothing', async () => {
    accept(waiver('rule: no-literal-wildcard'));
    const { code, out, err } = await lint('trust.json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('trust.json:14:87 MEDIUM no-literal-wildcard');
    expect(out).toContain('accepted by platform@example.com until 2027-03-31 (SEC-9): until the rename');
    expect(out).toMatch(/no findings in 1 file; \d+ undecided, 1 accepted by waivers\./);
    const { findings, summary } = await report('trust.json');
    expect(findings[0]?.waiver).toMatchObject({ owner: 'platform@example.com', expires: '2027-03-31' });
    expect(summary).toMatchObject({ waived: 1, findings: { medium: 0 } });
  });

  it('is suppressed in SARIF, with who accepts it until when', async () => {
    accept(waiver('rule: no-literal-wildcard'));
    const log = JSON.parse((await lint('trust.json', '--format', 'sarif')).out);
    expect(sarifErrors(log)).toEqual([]);
    expect(log.runs[0].results[0].suppressions).toEqual([
      {
        kind: 'external',
        status: 'accepted',
        justification: 'accepted by platform@example.com until 2027-03-31 (SEC-9): until the rename',
      },
    ]);
  });

  it('is no more than a notice to GitHub', async () => {
    accept(waiver('rule: no-literal-wildcard'));
    const { out } = await lint('trust.json', '--format', 'github');
    expect(out).toMatch(/^::notice file=trust\.json.*title=no-literal-wildcard \(accepted\)::/);
  });

  it('may be named by the fingerprint that lint prints, and by another file than the usual one', async () => {
    const [one] = (await report('trust.json')).findings;
    write('accepted.yaml', `waivers:\n${waiver(`finding: "${one?.fingerprint}"`)}`);
    expect((await lint('trust.json', '--waivers', 'accepted.yaml')).code).toBe(0);
    expect((await lint('trust.json')).code).toBe(1);
  });

  it('is not mended by --fix', async () => {
    const lenient = fixture('trust-policy.json')
      .replace('shop:*', 'shop:checkout')
      .replace('StringEquals', 'StringEqualsIfExists');
    write('lenient.json', lenient);
    accept(waiver('rule: no-fail-open-condition'));
    expect(await lint('lenient.json', '--fix')).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(cwd, 'lenient.json'), 'utf8')).toBe(lenient);
    accept();
    expect((await lint('lenient.json', '--fix')).err).toContain('no-fail-open-condition: fixed');
  });
});

describe('a waiver that does not accept', () => {
  it.each<[string, string, string]>([
    ['one that has ended', waiver('rule: no-literal-wildcard', '2026-11-21'), '1 of 1 waivers'],
    ['one for longer than is allowed', waiver('rule: no-literal-wildcard', '2031-01-01'), '1 of 1 waivers'],
    ['one of another rule', waiver('rule: no-public-trust'), ''],
    ['one of another role', waiver('rule: no-literal-wildcard\n    role: "*:role/other"'), ''],
    [
      'one of a cluster, which the finding does not name',
      waiver('rule: no-literal-wildcard\n    cluster: "*"'),
      '',
    ],
    ['one of another finding', waiver(`finding: "${'0'.repeat(32)}"`), ''],
  ])('%s: the finding fails', async (_name, text, note) => {
    accept(text);
    const { code, err } = await lint('trust.json');
    expect(code).toBe(1);
    expect(note === '' ? err === '' : err.includes(note)).toBe(true);
  });

  it('a file of waivers that cannot be read stops lint with its place', async () => {
    write('podtrust.waivers.yaml', 'waivers:\n  - rule: no-public-trust\n');
    const { code, out, err } = await lint('trust.json');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('podtrust.waivers.yaml":2:5: waivers.0.owner: it is missing');
  });

  it('a named file of waivers that is not there stops lint', async () => {
    expect((await lint('trust.json', '--waivers', 'none.yaml')).err).toContain(
      'waivers "none.yaml" cannot be read: there is no such file',
    );
  });
});

describe('a place that the file leaves open', () => {
  const template = (name: string) => `Parameters: { Stage: { Type: String } }
Resources:
  Job:
    Type: AWS::IAM::Role
    Properties:
      RoleName: ${name}
      AssumeRolePolicyDocument:
        Statement: { Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }
`;
  it.each<[string, string, string, readonly string[], number]>([
    ['a role of any stage', '*:role/batch-*', "!Join ['-', [batch, !Ref Stage]]", [], 0],
    ['a role of one stage only', '*:role/batch-prod', "!Join ['-', [batch, !Ref Stage]]", [], 1],
    ['a role by its name', '*:role/batch', 'batch', [], 0],
    ['a role of an account that nobody named', 'arn:aws:iam::111122223333:role/batch', 'batch', [], 1],
    [
      'a role of the account that was told',
      'arn:aws:iam::111122223333:role/batch',
      'batch',
      ['--account', '111122223333', '--region', 'eu-west-1'],
      0,
    ],
  ])('%s', async (_name, role, roleName, argv, code) => {
    write('template.yaml', template(roleName));
    accept(waiver(`rule: no-public-trust\n    role: "${role}"`));
    const result = await lint('template.yaml', ...argv);
    expect(result.out).toContain('no-public-trust');
    expect(result.code).toBe(code);
  });
});
