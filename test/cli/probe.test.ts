import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { probeSchema } from '../../shared/probe/report.ts';
import {
  cluster,
  estateOf,
  irsaStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../shared/rules/examples/estate.ts';
import { simulationFrom } from '../../simulator/load.ts';
import { runCli } from '../support/run-cli.ts';
import { startStsServer } from '../support/sts-server.ts';
import {
  forged,
  ISSUER_URL,
  secretsOf,
  type TestIssuer,
  testIssuer,
  withPayload,
} from '../support/tokens.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'podtrust-probe-'));
const path = (name: string) => join(folder, name);
const annotated = cluster({
  kubernetes: {
    serviceAccounts: [
      { namespace: 'shop', name: 'checkout', annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN } },
    ],
  },
});
const sound = estateOf({ clusters: [annotated], roles: [role()] });
const changed = estateOf({
  clusters: [annotated],
  roles: [role({ trustPolicy: trustPolicy(irsaStatement({ Effect: 'Deny' })) })],
});
let issuer: TestIssuer;
let token: string;
let sts: Awaited<ReturnType<typeof startStsServer>>;

beforeAll(async () => {
  issuer = await testIssuer(NOW);
  token = await issuer.sign();
  sts = await startStsServer(simulationFrom(sound, { now: NOW }), async () => JSON.parse(issuer.jwks));
  writeFileSync(path('token'), `${token}\n`);
  writeFileSync(path('jwks.json'), issuer.jwks);
  writeFileSync(path('estate.json'), writeSnapshot(sound));
  writeFileSync(path('changed.json'), writeSnapshot(changed));
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
});

beforeEach(() => vi.stubEnv('AWS_MAX_ATTEMPTS', '1'));

afterAll(async () => {
  vi.unstubAllEnvs();
  await sts.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it and sees to it that nothing secret comes out, whatever is asked. */
async function probe(argv: readonly string[], input = token) {
  const result = await runCli(['probe', ...argv], { input, now: () => NOW });
  for (const secret of secretsOf(input)) expect(result.out + result.err).not.toContain(secret);
  expect(result.out + result.err).not.toMatch(/simulated|ASIA|SecretAccessKey|SessionToken/);
  return result;
}

const jwks = () => ['--jwks', path('jwks.json')];
const snapshot = (name = 'estate.json') => ['--snapshot', path(name)];

async function report(argv: readonly string[], input = token) {
  const { code, out, err } = await probe([...argv, '--output', 'json'], input);
  if (out === '') throw new Error(err);
  return { code, ...probeSchema.parse(JSON.parse(out)) };
}

describe('a given token, offline', () => {
  it('is decoded and shown without its signature', async () => {
    const { code, out } = await probe(['--token', path('token'), ...jwks(), '--offline']);
    expect(code).toBe(0);
    expect(out).toMatch(/^WORKS/);
    expect(out).toMatch(/issuer +https:\/\/oidc\.eks/);
    expect(out).toMatch(/subject +system:serviceaccount:shop:checkout/);
    expect(out).toMatch(/✓ token-signature/);
  });

  it('is read from stdin as well', async () => {
    expect((await probe(['--token', '-', ...jwks(), '--offline'])).code).toBe(0);
  });

  it('cannot be verified without keys, and says where they are to be had', async () => {
    const { code, out } = await probe(['--token', '-', '--offline']);
    expect([code, out]).toEqual([3, expect.stringContaining('kubectl get --raw /openid/v1/jwks')]);
  });

  const now = NOW.getTime() / 1000;
  it.each<[string, () => Promise<string> | string, readonly string[], string]>([
    ['expired', () => issuer.sign({ claims: { exp: now - 3600 } }), [], 'token-time'],
    ['for another audience', () => issuer.sign({ claims: { aud: 'vault' } }), [], 'token-audience'],
    [
      'of a foreign issuer',
      () => issuer.sign({ claims: { iss: 'https://evil.example' } }),
      ['--issuer', ISSUER_URL],
      'token-issuer',
    ],
    [
      'with a changed payload',
      () => withPayload(token, { sub: 'system:serviceaccount:a:b', 'kubernetes.io': undefined }),
      [],
      'token-signature',
    ],
    ['with another signature', async () => (await testIssuer(NOW)).sign(), [], 'token-signature'],
    ['without a signature', () => forged({ alg: 'none' }, { iss: ISSUER_URL }, ''), [], 'token-algorithm'],
    ['of another ServiceAccount', () => token, ['-n', 'shop', '--service-account', 'cart'], 'token-subject'],
    ['that is none', () => 'hello', [], 'token-format'],
  ])('%s, is broken', async (_name, make, argv, check) => {
    const input = await make();
    const { code, checks } = await report(['--token', '-', ...jwks(), '--offline', ...argv], input);
    expect(code).toBe(1);
    expect(checks.find((one) => one.check === check)?.status).toBe('fail');
  });

  it('with a snapshot: what its trust policy says is foretold, and proves nothing', async () => {
    const asked = await report(['--token', '-', ...jwks(), '--offline', ...snapshot()]);
    expect(asked).toMatchObject({
      code: 3,
      verdict: 'undecided',
      question: { expectedRole: ROLE_ARN, expectedBy: 'annotation' },
      foretold: { outcome: 'accepted' },
      sts: { asked: false },
    });
  });

  it('asks nobody', async () => {
    const before = sts.seen.length;
    await probe([
      '--token',
      '-',
      ...jwks(),
      '--offline',
      ...snapshot(),
      '--cluster',
      'shop',
      '--role',
      'checkout',
    ]);
    expect(sts.seen).toHaveLength(before);
  });
});

describe('a given token, with STS', () => {
  it('is proven by the session that STS opens', async () => {
    const asked = await report(['--token', '-', ...jwks(), ...snapshot()]);
    expect(asked).toMatchObject({
      code: 0,
      verdict: 'works',
      sts: { outcome: 'assumed', caller: 'arn:aws:sts::111122223333:assumed-role/checkout/podtrust-probe' },
      differences: [],
    });
  });

  it('shows where what was foretold and what STS said differ', async () => {
    const { code, out } = await probe(['--token', '-', ...jwks(), ...snapshot('changed.json')]);
    expect(code).toBe(0);
    expect(out).toMatch(/Foretold: refused/);
    expect(out).toMatch(/Differences\n {2}STS accepted what should be refused/);
  });

  it("is broken when STS refuses it, with STS's words", async () => {
    const cart = await issuer.sign({
      claims: { sub: 'system:serviceaccount:shop:cart', 'kubernetes.io': undefined },
    });
    const asked = await report(['--token', '-', ...jwks(), ...snapshot(), '--role', ROLE_ARN], cart);
    expect(asked).toMatchObject({
      code: 1,
      foretold: { outcome: 'refused' },
      sts: { outcome: 'refused', error: { code: 'AccessDenied' } },
      differences: [],
    });
  });

  it('is undecided when STS cannot be reached', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:9');
    const { code, out } = await probe(['--token', '-', ...jwks(), ...snapshot()]);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);
    expect([code, out]).toEqual([3, expect.stringMatching(/STS decided nothing: .*ECONNREFUSED/)]);
  });
});

describe('wrong input', () => {
  const account = ['--cluster', 'shop', '-n', 'shop', '--service-account', 'checkout'];
  it.each<[string, readonly string[], RegExp]>([
    ['nothing', [], /needs --cluster/],
    ['no namespace', ['--cluster', 'shop'], /needs --namespace/],
    [
      'a name that Kubernetes refuses',
      ['--cluster', 'shop', '-n', 'Shop', '--service-account', 'x'],
      /no Kubernetes namespace/,
    ],
    ['a pod without an image', [...account, '--pod'], /needs --image with --pod/],
    ['an image without a pod', [...account, '--image', 'x'], /need --pod/],
    ['an image that is an option', [...account, '--pod', '--image', '--privileged'], /name of an image/],
    ['no time', [...account, '--pod', '--image', 'x', '--timeout', '0'], /1 to 3600/],
    ['keys without a token', [...account, '--jwks', 'x'], /--jwks needs --token/],
    ['offline without a token', [...account, '--offline'], /--offline needs --token/],
    ['a pod with a token', ['--token', '-', '--pod'], /--pod cannot go with --token/],
    ['no Kubernetes and no token', [...account, '--no-kubernetes'], /leave out --no-kubernetes/],
    ['a file that is not there', ['--token', path('nothing')], /cannot be read/],
    ['keys that are none', ['--token', path('token'), '--jwks', path('token')], /no public RSA/],
    ['an authority that is none', ['--token', path('token'), '--issuer-ca', path('token')], /no PEM/],
    ['an issuer that is none', ['--token', '-', '--issuer', 'oidc'], /no https/],
    ['stdin twice', ['--token', '-', '--snapshot', '-'], /stdin is one file/],
    ['half a ServiceAccount', ['--token', '-', '--offline', '-n', 'shop'], /go together/],
    [
      'a cluster offline without a snapshot',
      ['--token', '-', '--offline', '--cluster', 'shop'],
      /needs a --snapshot/,
    ],
    ['a role by name without its cluster', ['--token', '-', '--offline', '--role', 'x'], /give its ARN/],
    [
      'another cluster',
      ['--token', '-', '--offline', ...['--snapshot', path('estate.json')], '--cluster', 'shpo'],
      /nearest is "shop"/,
    ],
    [
      'a kubeconfig that is not there',
      [...account, '--snapshot', path('estate.json'), '--kubeconfig', path('none')],
      /cannot be read/,
    ],
  ])('%s', async (_name, argv, words) => {
    const { code, err, out } = await probe(argv);
    expect([code, err, out]).toEqual([2, expect.stringMatching(words), '']);
  });
});

it('has no control characters of a token on the terminal', async () => {
  const hostile = await issuer.sign({
    header: { kid: 'a\u001b[2Jb' },
    claims: { 'x\u202ey': 1, iss: 'https://x\u001b]0;a' },
  });
  const { out } = await probe(['--token', '-', ...jwks(), '--offline'], hostile);
  for (const code of [0x1b, 0x202e]) expect(out).not.toContain(String.fromCharCode(code));
});
