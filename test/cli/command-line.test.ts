import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationSchema } from '../../shared/audit/explanation.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { auditSchema, type Finding } from '../../shared/findings/finding.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'podtrust-cli-'));
const path = (name: string) => join(folder, name);
const ISSUER = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';

function trust(subject: string, operator = 'StringEquals'): string {
  const key = ISSUER.slice('https://'.length);
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${key}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          [operator]: { [`${key}:sub`]: subject },
          StringEquals: { [`${key}:aud`]: 'sts.amazonaws.com' },
        },
      },
    ],
  });
}

function withoutKubernetes(snapshot: Snapshot): Snapshot {
  const accounts = snapshot.accounts.map(({ regions, ...account }) => ({
    ...account,
    regions: regions?.map(({ clusters, ...region }) => ({
      ...region,
      clusters: clusters?.map(({ kubernetes: _, ...cluster }) => cluster),
    })),
  }));
  return { ...snapshot, accounts };
}

beforeAll(() => {
  const text = writeSnapshot(demoSnapshot());
  writeFileSync(path('estate.json'), text);
  writeFileSync(path('estate.json.gz'), gzipSync(text));
  writeFileSync(path('aws-alone.json'), writeSnapshot(withoutKubernetes(demoSnapshot())));
  writeFileSync(
    path('empty.json'),
    JSON.stringify({ schemaVersion: 1, takenAt: '2026-11-22T00:00:00Z', accounts: [], coverage: [] }),
  );
  writeFileSync(path('future.json'), JSON.stringify({ schemaVersion: 99 }));
  writeFileSync(path('broken.json'), '{"schemaVersion": 1,');
  writeFileSync(path('one.json'), trust('system:serviceaccount:shop:api', 'StringLike'));
  writeFileSync(path('many.json'), trust('system:serviceaccount:shop:*', 'StringLike'));
  writeFileSync(path('refused.json'), '{"Version": "2012-10-17", "Statement": [{"Effect": "Permit"}]}');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const estate = ['--snapshot', path('estate.json')];

describe('exit codes', () => {
  const document = ['explain', '--trust-policy', path('one.json'), '--issuer', ISSUER, '-n', 'shop'];
  it.each<[string, readonly string[], number]>([
    ['audit: 1 when there are findings', ['audit', ...estate], 1],
    ['audit: 0 when nothing was found', ['audit', '--snapshot', path('empty.json')], 0],
    ['audit: 0 with --fail-on none', ['audit', ...estate, '--fail-on', 'none'], 0],
    ['audit: 1 for critical ones under --fail-on critical', ['audit', ...estate, '--fail-on', 'critical'], 1],
    ['audit: 0 when only lesser ones are left', ['audit', ...estate, '--rule', 'use-kubernetes-access'], 0],
    ['audit: 2 for an unknown rule', ['audit', ...estate, '--rule', 'no-such-rule'], 2],
    ['audit: 2 for an unknown severity', ['audit', ...estate, '--severity', 'urgent'], 2],
    ['audit: 2 for an unknown cluster', ['audit', ...estate, '--cluster', 'prod-shpo'], 2],
    ['audit: 2 for an unknown flag', ['audit', '--snapshto', 'x'], 2],
    ['audit: 2 for a file that is not there', ['audit', '--snapshot', path('nothing.json')], 2],
    ['audit: 2 for a snapshot that is no JSON', ['audit', '--snapshot', path('broken.json')], 2],
    ['audit: 2 for another schema version', ['audit', '--snapshot', path('future.json')], 2],
    [
      'explain: 0 for a document that admits the ServiceAccount',
      [...document, '--service-account', 'api'],
      0,
    ],
    ['explain: 1 when broken', [...document, '--service-account', 'apl'], 1],
    [
      'explain: 3 when a sound AWS side waits for Kubernetes',
      [
        'explain',
        '--snapshot',
        path('aws-alone.json'),
        '--cluster',
        'prod-shop',
        '-n',
        'storefront',
        '--service-account',
        'feature-flags',
        '--role',
        'arn:aws:iam::314159265358:role/shop-feature-flags',
      ],
      3,
    ],
    ['explain: 2 without a ServiceAccount', document, 2],
    ['explain: 2 for a name that Kubernetes refuses', [...document, '--service-account', 'Api_Server'], 2],
    [
      'explain: 2 for an issuer without https://',
      [
        'explain',
        '--trust-policy',
        path('one.json'),
        '--issuer',
        'oidc.eks',
        '-n',
        'a',
        '--service-account',
        'b',
      ],
      2,
    ],
    ['compare: 1 when widened', ['compare', path('one.json'), path('many.json')], 1],
    ['compare: 0 when tightened', ['compare', path('many.json'), path('one.json')], 0],
    ['compare: 2 for a policy that IAM refuses', ['compare', path('refused.json'), path('one.json')], 2],
    ['who-can: 0', ['who-can', 'prod-edge-terraform-runner', ...estate], 0],
    ['who-can: 2 for an unknown role', ['who-can', 'prod-edge-terraform-ruiner', ...estate], 2],
    ['rules: 0', ['rules'], 0],
    ['rules: 2 for an unknown one', ['rules', 'nothing'], 2],
    ['permissions: 0', ['permissions'], 0],
    ['bindings: 0', ['bindings', ...estate], 0],
    ['--help: 0', ['--help'], 0],
    ['no verb: 2', [], 2],
    ['an unknown verb: 2', ['audti'], 2],
  ])('%s', async (_name, argv, code) => {
    const result = await runCli(argv);
    expect({ code: result.code, err: result.err }).toMatchObject({ code });
  });
});

describe('errors', () => {
  it.each<[string, readonly string[], RegExp]>([
    [
      'a misspelt cluster names the nearest',
      ['audit', ...estate, '--cluster', 'prod-shpo'],
      /nearest is "prod-shop"/,
    ],
    [
      'a misspelt role names the nearest',
      ['who-can', 'prod-edge-terraform-ruiner', ...estate],
      /nearest is "prod-edge-terraform-runner"/,
    ],
    [
      'a misspelt rule names the nearest',
      ['audit', ...estate, '--rule', 'no-literal-wildcards'],
      /nearest is "no-literal-wildcard"/,
    ],
    [
      'a missing file is named',
      ['audit', '--snapshot', path('nothing.json')],
      /nothing\.json" cannot be read: there is no such file/,
    ],
    [
      'an unsupported schema version names the supported one',
      ['audit', '--snapshot', path('future.json')],
      /99.*1/,
    ],
    [
      'a refused policy has its place',
      ['compare', path('refused.json'), path('one.json')],
      /line 1, column \d+/,
    ],
  ])('%s, on one line of stderr and nothing on stdout', async (_name, argv, words) => {
    const { out, err } = await runCli(argv);
    expect(err).toMatch(words);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(out).toBe('');
  });
});

describe('documents', () => {
  it('audit --output json validates against the published schema, byte for byte the same each time, gzipped or not', async () => {
    const first = await runCli(['audit', ...estate, '--output', 'json']);
    const second = await runCli(['audit', '--snapshot', path('estate.json.gz'), '--output', 'json']);
    const piped = await runCli(['audit', '--snapshot', '-', '--output', 'json'], {
      input: readFileSync(path('estate.json'), 'utf8'),
    });
    expect(auditSchema.parse(JSON.parse(first.out)).findings.length).toBeGreaterThan(20);
    expect([second.out, piped.out]).toEqual([first.out, first.out]);
    expect(first.err).toBe('');
  });

  it('audit --output ndjson has one finding a line', async () => {
    const { findings } = auditSchema.parse(
      JSON.parse((await runCli(['audit', ...estate, '--output', 'json'])).out),
    );
    const { out } = await runCli(['audit', ...estate, '--output', 'ndjson']);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(findings);
  });

  it.each<[string, readonly string[], (finding: Finding) => boolean]>([
    ['--severity', ['--severity', 'high'], (f) => ['critical', 'high'].includes(f.severity)],
    ['--rule by name', ['--rule', 'no-literal-wildcard'], (f) => f.rule === 'no-literal-wildcard'],
    ['--rule by number', ['--rule', 'PT-105'], (f) => f.rule === 'no-literal-wildcard'],
    ['--cluster', ['--cluster', 'prod-shop'], (f) => f.cluster === 'prod-shop'],
    ['--role', ['--role', 'prod-shop-velero'], (f) => f.role?.endsWith('/prod-shop-velero') === true],
  ])('audit narrows by %s, and its summary counts what is shown', async (_name, argv, holds) => {
    const { out } = await runCli(['audit', ...estate, '--output', 'json', ...argv]);
    const { findings, summary } = auditSchema.parse(JSON.parse(out));
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter((finding) => !holds(finding))).toEqual([]);
    expect(Object.values(summary.findings).reduce((sum, count) => sum + count, 0)).toBe(findings.length);
  });

  it('explain --output json validates against the published schema', async () => {
    const { out } = await runCli([
      'explain',
      ...estate,
      '--cluster',
      'prod-shop',
      '-n',
      'shop',
      '--service-account',
      'payments',
      '--output',
      'json',
    ]);
    expect(explanationSchema.parse(JSON.parse(out))).toMatchObject({
      verdict: 'broken',
      mechanism: 'pod-identity',
      reason: { rule: 'no-untrusted-association' },
    });
  });

  it('explain judges a document from stdin for Pod Identity', async () => {
    const input = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'pods.eks.amazonaws.com' },
        Action: 'sts:AssumeRole',
      },
    });
    const argv = [
      'explain',
      '--trust-policy',
      '-',
      '--pod-identity',
      '--cluster-arn',
      'arn:aws:eks:eu-west-1:111122223333:cluster/prod',
      '-n',
      'shop',
      '--service-account',
      'api',
      '--output',
      'json',
    ];
    const { out, code } = await runCli(argv, { input });
    expect(code).toBe(1);
    expect(explanationSchema.parse(JSON.parse(out))).toMatchObject({
      sides: { aws: 'broken', kubernetes: 'unknown' },
      mechanism: 'pod-identity',
    });
  });

  it('permissions --output json is a policy document without wildcards among its actions', async () => {
    const { out } = await runCli(['permissions', '--output', 'json']);
    const document: { Version: string; Statement: { Action: string[] }[] } = JSON.parse(out);
    expect(document.Version).toBe('2012-10-17');
    expect(
      document.Statement.flatMap((statement) => statement.Action).filter((action) => /\*/.test(action)),
    ).toEqual([]);
  });

  it('permissions --probe says what needs none', async () => {
    const { out } = await runCli(['permissions', '--probe']);
    expect(out).toMatch(/^eks:DescribeCluster$/m);
    expect(out).toMatch(/without any permission:\n# {3}sts:AssumeRoleWithWebIdentity/);
    expect(out).toContain('ClusterRole podtrust-probe');
  });

  it('bindings writes a configuration that audit takes', async () => {
    await runCli(['bindings', ...estate, '--out', path('podtrust.config.json')]);
    const { code, err } = await runCli(['audit', ...estate], { cwd: folder });
    expect({ code, err }).toEqual({ code: 1, err: '' });
  });
});

describe('words for people', () => {
  it('has no escape codes unless colours are on', async () => {
    const marker = String.fromCharCode(27);
    expect((await runCli(['audit', ...estate])).out).not.toContain(marker);
    expect((await runCli(['audit', ...estate], { colours: true })).out).toContain(marker);
  });

  it('neutralizes terminal escapes and direction overrides in names', async () => {
    const hostile = structuredClone(demoSnapshot());
    const cluster = hostile.accounts
      .flatMap((account) => account.regions ?? [])
      .flatMap((region) => region.clusters ?? [])[0]!;
    cluster.name = 'evil\u001b[2J\u202Ename';
    const { out } = await runCli(['audit', '--snapshot', '-'], { input: JSON.stringify(hostile) });
    expect(out).toContain('evil');
    for (const code of [0x1b, 0x202e]) expect(out).not.toContain(String.fromCharCode(code));
  });

  it.each([
    'audit',
    'collect',
    'explain',
    'probe',
    'who-can',
    'compare',
    'bindings',
    'rules',
    'permissions',
    'demo',
  ])('%s --help has examples', async (verb) => {
    const { code, out } = await runCli([verb, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n {2}\$ /);
  });
});

describe('files', () => {
  it('the demo leaves a snapshot, an audit and a report, and nothing half-written', async () => {
    const { code, out } = await runCli(['demo', '--out', path('demo')]);
    expect(code).toBe(0);
    expect(readdirSync(path('demo')).sort()).toEqual(['audit.json', 'report.html', 'snapshot.json']);
    expect(
      auditSchema.parse(JSON.parse(readFileSync(path('demo/audit.json'), 'utf8'))).findings.length,
    ).toBeGreaterThan(20);
    expect(out).toMatch(/alice@example\.com/);
    expect(out).toMatch(/bob@example\.com/);
  }, 240_000);

  it('a file that cannot be written is named, and nothing is left of it', async () => {
    writeFileSync(path('file'), '');
    const { code, err } = await runCli(['bindings', ...estate, '--out', path('file/below.json')]);
    expect(code).toBe(2);
    expect(err).toMatch(/below\.json" cannot be written/);
  });

  it('gzips what ends in .gz', async () => {
    await runCli(['bindings', ...estate, '--out', path('bindings.json.gz')]);
    expect(JSON.parse(gunzipSync(readFileSync(path('bindings.json.gz'))).toString())).toHaveProperty(
      'bindings',
    );
  });
});
