import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { lintSchema } from '../../shared/lint/report.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { PRODUCTION } from '../../simulator/demo/places.ts';
import { sarifErrors } from '../support/published-schemas.ts';
import { runCli } from '../support/run-cli.ts';

const fixtures = new URL('../fixtures/lint/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, fixtures), 'utf8');
const cwd = mkdtempSync(join(tmpdir(), 'podtrust-lint-'));
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
const SOUND = fixture('trust-policy.json').replace('shop:*', 'shop:checkout');

beforeAll(() => {
  mkdirSync(join(cwd, 'infra/node_modules/x'), { recursive: true });
  mkdirSync(join(cwd, 'k8s'));
  write('trust.json', fixture('trust-policy.json'));
  write('sound.json', SOUND);
  write('infra/template.yaml', fixture('template.yaml'));
  write('infra/package.json', '{"name": "x"}');
  write('infra/node_modules/x/trust.json', fixture('trust-policy.json'));
  write('k8s/all.yaml', fixture('manifests.yaml'));
  write('k8s/README.md', '# not YAML');
  write('helm.yaml', 'kind: ServiceAccount\n{{- if .Values.create }}\nmetadata:\n  name: x\n{{- end }}\n');
  write('broken.json', '{\n  "Statement": [,\n}');
  write('estate.json', writeSnapshot(demoSnapshot()));
});
afterAll(() => rmSync(cwd, { recursive: true }));
const lint = (argv: readonly string[], input = '') => runCli(['lint', ...argv], { cwd, input });

describe('podtrust lint', () => {
  it('prints file, line and column as editors link them, with the remedy', async () => {
    const { code, out, err } = await lint(['trust.json']);
    expect([code, err]).toEqual([1, '']);
    expect(out).toMatch(
      /^trust\.json:14:87 MEDIUM no-literal-wildcard PT-\d+\n {2}trust: StringEquals takes/,
    );
    expect(out).toContain('Fix: Name the exact subjects in use');
    expect(out).toContain('1 medium in 1 file');
  });

  it.each<[string, string[], number]>([
    ['nothing found', ['sound.json'], 0],
    ['something found', ['trust.json'], 1],
    ['nothing that severe', ['trust.json', '--fail-on', 'high'], 0],
    ['findings that fail nothing', ['trust.json', '--fail-on', 'none'], 0],
    ['another rule', ['trust.json', '--rule', 'no-public-trust'], 0],
    ['something undecided, which is asked for', ['sound.json', '--require-coverage'], 3],
    ['a file that is not there', ['none.json'], 2],
    ['a pattern that fits nothing', ['*.tf'], 2],
    ['a file that cannot be read', ['broken.json', 'trust.json'], 2],
    ['a cluster without a snapshot', ['k8s', '--cluster', 'prod'], 2],
    ['an account that is none', ['trust.json', '--account', '12'], 2],
    ['a region that is none', ['trust.json', '--region', 'Europe'], 2],
    ['no file', [], 2],
  ])('%s', async (_name, argv, code) => {
    expect((await lint(argv)).code).toBe(code);
  });

  it('searches folders, but for what nobody there wrote, and says what it skipped', async () => {
    const { out } = await lint(['infra', 'k8s', '--format', 'json']);
    const report = lintSchema.parse(JSON.parse(out));
    expect(new Set(report.findings.map(({ file }) => file))).toEqual(
      new Set(['infra/template.yaml', 'k8s/all.yaml']),
    );
    expect(report.summary).toMatchObject({
      files: 2,
      skipped: ['infra/node_modules/', 'infra/package.json'],
    });
  });

  it('takes patterns, and skips templates of Helm that only a pattern found', async () => {
    const { out } = await lint(['**/*.yaml', '--format', 'json', '--fail-on', 'none']);
    expect(lintSchema.parse(JSON.parse(out)).summary).toMatchObject({
      files: 2,
      skipped: ['helm.yaml', 'infra/node_modules/'],
    });
  });

  it('reads stdin', async () => {
    const { code, out } = await lint(['-'], fixture('plan.json'));
    expect(code).toBe(1);
    expect(out).toContain('stdin:59:64 HIGH no-invalid-role-annotation');
  });

  it('writes SARIF that its schema takes, also of files that cannot be read', async () => {
    const { code, out } = await lint(['broken.json', 'trust.json', 'k8s', '--format', 'sarif']);
    expect(code).toBe(2);
    const log = JSON.parse(out);
    expect(sarifErrors(log)).toEqual([]);
    expect(log.runs[0].invocations[0].executionSuccessful).toBe(false);
    expect(log.runs[0].results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'k8s/all.yaml' },
      region: { startLine: 7, startColumn: 33 },
    });
  });

  it('writes the report to a file, and the text to stdout', async () => {
    const { out } = await lint(['trust.json', '--format', 'sarif', '--out', 'out.sarif']);
    expect(out).toContain('trust.json:14:87');
    expect(sarifErrors(JSON.parse(readFileSync(join(cwd, 'out.sarif'), 'utf8')))).toEqual([]);
  });

  it('writes annotations for GitHub in which nothing can start another command', async () => {
    write('odd.json', fixture('trust-policy.json').replace('shop:*', 'shop:*\\n::error::x%'));
    const { out } = await lint(['odd.json', '--format', 'github']);
    expect(out).toMatch(/^::warning file=odd\.json,line=14,col=87,title=no-literal-wildcard \(medium\)::/);
    expect(out.trim().split('\n')).toHaveLength(1);
  });

  it.each<[string, string, RegExp]>([
    ['a Helm template', 'helm.yaml', /helm\.yaml:2:\d+ UNREADABLE\n {2}It is not YAML.*helm template/],
    ['JSON', 'broken.json', /broken\.json:2:17 UNREADABLE\n {2}It is not JSON: value expected\. Correct it/],
  ])('says where %s cannot be read, and what to do', async (_name, file, words) => {
    expect((await lint([file])).out).toMatch(words);
  });
});

describe('a file that lint cannot make out', () => {
  const AWS_AUTH = fixture('manifests.yaml').slice(
    fixture('manifests.yaml').indexOf('apiVersion: v1\nkind: ConfigMap'),
  );
  const TRUST = Buffer.from(`\uFEFF${fixture('trust-policy.json')}`, 'utf16le');
  beforeAll(() => {
    mkdirSync(join(cwd, 'mixed'));
    write('mixed/tsconfig.json', '{\n  // strict\n  "compilerOptions": {"strict": true},\n}\n');
    write('mixed/events.json', '{"a": 1}\n{"a": 2}\n');
    write('mixed/values.yaml', 'a: "unclosed\n');
    write('mixed/chart.yaml', '{{- if .Values.serviceAccount.create }}\nkind: ServiceAccount\n{{- end }}\n');
    write('aws-auth.yaml', `${AWS_AUTH}   slip: here\n`);
    write('utf16.json', '');
    writeFileSync(join(cwd, 'utf16.json'), TRUST);
    writeFileSync(join(cwd, 'utf16be.json'), Buffer.from(TRUST).swap16());
  });

  it('is skipped in a folder when it has no word of what lint judges, and so is an unrendered chart', async () => {
    const { code, out } = await lint(['mixed', '--format', 'json']);
    const { unreadable, undecided, summary } = lintSchema.parse(JSON.parse(out));
    expect({ code, unreadable, undecided, files: summary.files }).toEqual({
      code: 0,
      unreadable: [],
      undecided: [
        expect.objectContaining({ file: 'mixed', reason: expect.stringContaining('Nothing in it') }),
      ],
      files: 0,
    });
    expect(summary.skipped).toHaveLength(4);
  });

  it('is no template for the braces of the authenticator: in a folder, too, it cannot be read', async () => {
    const { code, out } = await lint(['aws-auth*.yaml']);
    expect(code).toBe(2);
    expect(out).toMatch(/aws-auth\.yaml:\d+:\d+ UNREADABLE\n {2}It is not YAML: .*Correct it at this place/);
  });

  it('is undecided when it is named and nothing that lint knows', async () => {
    const file = 'infra/package.json';
    expect(await lint([file])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^infra\/package\.json:1:1 Nothing of it was judged/m),
    });
    expect((await lint([file, '--require-coverage'])).code).toBe(3);
  });

  it.each(['mixed/events.json', 'mixed/values.yaml', 'mixed/chart.yaml'])(
    'is an error when it is named and cannot be parsed, and skipped with --skip-unknown: %s',
    async (file) => {
      expect(await lint([file])).toMatchObject({ code: 2, out: expect.stringContaining('UNREADABLE') });
      expect(await lint([file, '--skip-unknown', '--require-coverage'])).toMatchObject({ code: 0 });
    },
  );

  it('is an error with --skip-unknown, too, where it has words of what lint judges', async () => {
    write('cut-off.json', SOUND.slice(0, -4));
    expect((await lint(['cut-off.json', '--skip-unknown'])).code).toBe(2);
  });

  it.each<[string, string]>([
    ['empty', ''],
    ['something else', '{"name": "x"}'],
  ])('is an error on stdin: %s', async (_name, input) => {
    const { code, out } = await lint(['-'], input);
    expect(code).toBe(2);
    expect(out).toContain('stdin:1:1 UNREADABLE\n  Nothing of it was judged');
  });

  it.each(['utf16.json', 'utf16be.json'])('is read in UTF-16, and left so: %s', async (file) => {
    expect((await lint([file])).out).toContain(`${file}:14:87 MEDIUM no-literal-wildcard`);
  });

  it('that is JSON with comments says so, wherever they stand', async () => {
    for (const text of [
      '// x\n{"Statement": []}',
      '{\n // x\n "Statement": []}',
      '{"Statement": [] /* x */}',
    ]) {
      write('commented.json', text);
      expect((await lint(['commented.json'])).out).toContain('It is not JSON: invalid comment token');
    }
  });
});

describe('--fix', () => {
  const lenient = SOUND.replace(
    '"sts.amazonaws.com",',
    '"sts.amazonaws.com"\n        },\n        "StringEqualsIfExists": {',
  );

  it.each<[string, (text: string) => Buffer]>([
    ['UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['gzipped', (text) => gzipSync(text)],
    [
      'with bytes that are no UTF-8',
      (text) => Buffer.from(text.replace('"Version"', '"Id": "\xe9", "Version"'), 'latin1'),
    ],
  ])('writes nothing where something would be lost: %s', async (_name, bytes) => {
    const before = bytes(lenient);
    writeFileSync(join(cwd, 'encoded.json'), before);
    const { err } = await lint(['encoded.json', '--fix']);
    expect(readFileSync(join(cwd, 'encoded.json'))).toEqual(before);
    expect(err).toContain('encoded.json: nothing fixed: only plain UTF-8');
  });

  it('mends slips of form, says so with the proof, and finds nothing the second time', async () => {
    write('lenient.json', lenient);
    const first = await lint(['lenient.json', '--fix']);
    expect([first.code, first.err]).toEqual([
      0,
      'podtrust: lenient.json:8:22 no-fail-open-condition: fixed; who is admitted is the same as before.\n',
    ]);
    expect(first.out).toContain('1 fixed');
    expect(readFileSync(join(cwd, 'lenient.json'), 'utf8')).toBe(SOUND);
    const second = await lint(['lenient.json', '--fix']);
    expect([second.code, second.err]).toEqual([0, '']);
    expect(readFileSync(join(cwd, 'lenient.json'), 'utf8')).toBe(SOUND);
  });

  it('leaves alone what would admit somebody', async () => {
    const before = readFileSync(join(cwd, 'trust.json'), 'utf8');
    const { code, err } = await lint(['trust.json', '--fix']);
    expect([code, err, readFileSync(join(cwd, 'trust.json'), 'utf8')]).toEqual([1, '', before]);
  });

  it('has nothing to write for stdin', async () => {
    const { code, err } = await lint(['-', '--fix'], lenient);
    expect(code).toBe(2);
    expect(err).toContain('--fix writes files');
  });
});

describe('with a snapshot', () => {
  const of = (trust: string, ...argv: string[]) => {
    write('given.json', trust);
    return lint(['given.json', '--snapshot', 'estate.json', '--format', 'json', ...argv]);
  };

  it('what a file alone leaves undecided is decided', async () => {
    const alone = lintSchema.parse(JSON.parse((await lint(['sound.json', '--format', 'json'])).out));
    expect(alone.findings).toEqual([]);
    expect(alone.undecided.map(({ rule }) => rule)).toContain('no-unknown-provider');
    const { code, out } = await of(SOUND.replaceAll('111122223333', PRODUCTION.id));
    expect(code).toBe(1);
    const { findings } = lintSchema.parse(JSON.parse(out));
    expect(findings.map(({ rule }) => rule)).toEqual(['no-unknown-provider']);
  });

  it('tells nothing of what is not in the files', async () => {
    const { code, out } = await of(SOUND);
    expect([code, lintSchema.parse(JSON.parse(out)).findings]).toEqual([0, []]);
  });
});
