import { spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { probeSchema } from '../../shared/probe/report.ts';
import {
  association,
  cluster,
  estateOf,
  ISSUER,
  irsaStatement,
  podIdentityStatement,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../shared/rules/examples/estate.ts';
import { startEksServer } from '../../simulator/http/server.ts';
import { simulationFrom } from '../../simulator/load.ts';
import { type KubernetesOnLoopback, startCluster } from '../support/kubernetes/cluster.ts';
import { startFaultProxy } from '../support/kubernetes/fault-proxy.ts';
import { must, send } from '../support/kubernetes/http.ts';
import { credentialsOf, removeAwsAuth, writeAwsAuth } from '../support/kubernetes/identities.ts';
import { startIssuerFront } from '../support/kubernetes/issuer-front.ts';
import { kubeconfig } from '../support/kubernetes/kubeconfig.ts';
import { runCli } from '../support/run-cli.ts';
import { startStsServer } from '../support/sts-server.ts';
import { secretsOf, withPayload } from '../support/tokens.ts';

/** The cluster of all other files: here it is the wrong one. */
const another = inject('kubernetes');
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const SESSION = 'arn:aws:sts::111122223333:assumed-role/checkout/podtrust-probe';

let kubernetes: KubernetesOnLoopback;
let sts: Awaited<ReturnType<typeof startStsServer>>;
let front: Awaited<ReturnType<typeof startIssuerFront>>;
const closing: (() => Promise<void>)[] = [];

const file = (name: string) => join(kubernetes.folder, name);
const sound = estateOf({ roles: [role()] });

beforeAll(async () => {
  const started = await startCluster({
    controllers: false,
    authenticator: false,
    issuer: `https://${ISSUER}`,
  });
  kubernetes = started.kubernetes;
  closing.push(started.close);
  front = await startIssuerFront(kubernetes);
  closing.push(front.close);
  const published = async () => {
    const { status, body } = await send({ ...kubernetes, token: kubernetes.token }, 'GET', '/openid/v1/jwks');
    return status === 200 ? JSON.parse(body) : null;
  };
  // STS asks the issuer that the token names; this one's keys are the API server's.
  sts = await startStsServer(simulationFrom(sound, { now: new Date() }), published);
  closing.push(sts.close);
  await prepare();
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  vi.stubEnv('HTTPS_PROXY', front.proxy);
  vi.stubEnv('NO_PROXY', '127.0.0.1');
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.reverse()) await close();
});

/** The namespace enforces the Pod Security Standard; `prober` has just the rights that the guide ships. */
async function prepare(): Promise<void> {
  const enforced = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await must(kubernetes, 'POST', '/api/v1/namespaces', { metadata: { name: 'shop', labels: enforced } });
  await serviceAccount('checkout', { 'eks.amazonaws.com/role-arn': ROLE_ARN });
  await serviceAccount('cart', { 'eks.amazonaws.com/role-arn': ROLE_ARN });
  await serviceAccount('vault', {
    'eks.amazonaws.com/role-arn': ROLE_ARN,
    'eks.amazonaws.com/audience': 'vault',
  });
  await serviceAccount('plain', {});
  for (const name of ['prober', 'keeper', 'nobody']) await serviceAccount(name, {});
  await must(kubernetes, 'POST', `${RBAC}/clusterrolebindings`, {
    metadata: { name: 'issuer-discovery' },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:service-account-issuer-discovery',
    },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:unauthenticated' }],
  });
  const shipped = shippedRole();
  await must(kubernetes, 'POST', `${RBAC}/clusterroles`, shipped);
  await bind('podtrust-probe', 'prober');
  const rules = shipped.rules.map((rule) => ({
    ...rule,
    verbs: rule.verbs.filter((verb) => verb !== 'delete'),
  }));
  await must(kubernetes, 'POST', `${RBAC}/clusterroles`, {
    ...shipped,
    metadata: { name: 'without-delete' },
    rules,
  });
  await bind('without-delete', 'keeper');
  for (const name of ['prober', 'keeper', 'nobody']) {
    const token = await tokenOf(name, 'https://kubernetes.default.svc');
    writeFileSync(file(`${name}.kubeconfig`), kubeconfig(kubernetes, { [name]: { token } }));
  }
  writeFileSync(file('estate.json'), writeSnapshot(sound));
  writeFileSync(file('issuer.pem'), kubernetes.certificateAuthority);
}

const clusterRole = z.object({
  kind: z.literal('ClusterRole'),
  metadata: z.object({ name: z.string() }),
  rules: z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});

/** The ClusterRole of docs/probe.md, as it stands there. */
function shippedRole(): z.infer<typeof clusterRole> {
  const guide = readFileSync(new URL('../../docs/probe.md', import.meta.url), 'utf8');
  return clusterRole.parse(parse(/```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? ''));
}

async function serviceAccount(name: string, annotations: Record<string, string>): Promise<void> {
  await must(kubernetes, 'POST', '/api/v1/namespaces/shop/serviceaccounts', {
    metadata: { name, annotations },
  });
}

async function bind(role_: string, name: string): Promise<void> {
  await must(kubernetes, 'POST', `${RBAC}/namespaces/shop/rolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role_ },
    subjects: [{ kind: 'ServiceAccount', name, namespace: 'shop' }],
  });
}

async function tokenOf(name: string, audience = 'sts.amazonaws.com', at = kubernetes): Promise<string> {
  const body = { spec: { audiences: [audience], expirationSeconds: 3600 } };
  const made = await must(at, 'POST', `/api/v1/namespaces/shop/serviceaccounts/${name}/token`, body);
  return z.object({ status: z.object({ token: z.string() }) }).parse(JSON.parse(made)).status.token;
}

const world = (user = 'prober', snapshot = 'estate.json') => [
  ...['--cluster', 'shop', '-n', 'shop', '--snapshot', file(snapshot)],
  ...['--kubeconfig', file(`${user}.kubeconfig`), '--issuer-ca', file('issuer.pem')],
];

/** Runs it, and sees to it that no token that STS saw, nor anything else secret, comes out. */
async function run(argv: readonly string[], input = '') {
  const result = await runCli(['probe', ...argv], { input, now: () => new Date() });
  const tokens = sts.seen.flatMap((request) => request.get('WebIdentityToken') ?? []);
  for (const token of [...tokens, input].filter((one) => one !== ''))
    for (const secret of secretsOf(token)) expect(result.out + result.err).not.toContain(secret);
  expect(result.out + result.err).not.toMatch(/eyJ[\w-]{10}|ASIA[A-Z0-9]|simulated/);
  return result;
}

async function report(argv: readonly string[], input = '') {
  const { code, out, err } = await run([...argv, '--output', 'json'], input);
  if (out === '') throw new Error(err);
  const document = probeSchema.parse(JSON.parse(out));
  const statuses = Object.fromEntries(document.checks.map(({ check, status }) => [check, status]));
  return { code, err, ...document, statuses };
}

describe('a ServiceAccount of a real API server', () => {
  it('is proven to get its role: token, published keys, STS', async () => {
    const asked = await report([...world(), '--service-account', 'checkout']);
    expect(asked.statuses).toEqual({
      'service-account': 'pass',
      'token-request': 'pass',
      'token-format': 'pass',
      'token-algorithm': 'pass',
      'token-issuer': 'pass',
      'token-audience': 'pass',
      'token-subject': 'pass',
      'token-time': 'pass',
      'issuer-keys': 'pass',
      'token-signature': 'pass',
      'assume-role': 'pass',
      'caller-identity': 'pass',
      'expected-role': 'pass',
    });
    expect(asked).toMatchObject({
      code: 0,
      verdict: 'works',
      question: { mechanism: 'irsa', expectedRole: ROLE_ARN, expectedBy: 'annotation' },
      token: {
        algorithm: 'RS256',
        issuer: `https://${ISSUER}`,
        kubernetes: { namespace: 'shop', serviceAccount: 'checkout' },
      },
      foretold: { outcome: 'accepted' },
      sts: { outcome: 'assumed', session: SESSION, caller: SESSION },
      differences: [],
    });
  });

  it('is shown to people, without the token', async () => {
    const { code, out, err } = await run([...world(), '--service-account', 'checkout']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^WORKS {2}\(shop\/checkout of arn:aws:eks/);
    expect(out).toContain(`STS opened ${SESSION}`);
  });

  it('is broken where the trust policy names another, as was foretold', async () => {
    const asked = await report([...world(), '--service-account', 'cart']);
    expect(asked).toMatchObject({
      code: 1,
      foretold: { outcome: 'refused' },
      sts: { outcome: 'refused', error: { code: 'AccessDenied' } },
      differences: [],
    });
  });

  it('is broken where its audience is none that the provider takes', async () => {
    const asked = await report([...world(), '--service-account', 'vault']);
    expect(asked).toMatchObject({
      code: 1,
      token: { audiences: ['vault'] },
      foretold: { outcome: 'refused', detail: expect.stringContaining('does not accept the audience vault') },
      sts: { error: { code: expect.stringContaining('InvalidIdentityToken') } },
    });
  });

  it('shows where STS disagrees with a snapshot that is older than the trust policy', async () => {
    const before = estateOf({
      roles: [role({ trustPolicy: trustPolicy(irsaStatement({ Effect: 'Deny' })) })],
    });
    writeFileSync(file('before.json'), writeSnapshot(before));
    const asked = await report([...world('prober', 'before.json'), '--service-account', 'checkout']);
    expect(asked).toMatchObject({
      code: 0,
      foretold: { outcome: 'refused' },
      differences: [expect.stringMatching(/STS accepted what should be refused/)],
    });
  });

  it('is undecided where the trust policy asks for the network: STS answered this machine', async () => {
    const Condition = {
      StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' },
      IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
    };
    const bound = estateOf({ roles: [role({ trustPolicy: trustPolicy(irsaStatement({ Condition })) })] });
    writeFileSync(file('bound.json'), writeSnapshot(bound));
    const asked = await report([...world('prober', 'bound.json'), '--service-account', 'checkout']);
    expect(asked).toMatchObject({ code: 3, foretold: { outcome: 'depends' } });
  });
});

it("signs in with the caller's AWS credentials at the endpoint that DescribeCluster shows", async () => {
  const key = another.issuer.slice('https://'.length);
  const arn = `arn:aws:iam::111122223333:oidc-provider/${key}`;
  const StringEquals = { [`${key}:sub`]: 'system:serviceaccount:presigned:checkout' };
  const estate = estateOf({
    clusters: [cluster({ issuer: another.issuer })],
    oidcProviders: [provider({ arn, url: key })],
    roles: [
      role({
        trustPolicy: trustPolicy(
          irsaStatement({ Principal: { Federated: arn }, Condition: { StringEquals } }),
        ),
      }),
    ],
  });
  writeFileSync(file('presigned.json'), writeSnapshot(estate));
  const simulation = simulationFrom(estate, { now: new Date() });
  const shown = simulation.world.accounts
    .get('111122223333')
    ?.regions.get('eu-west-1')
    ?.clusters.get('shop')?.cluster;
  if (shown === undefined) throw new Error('no cluster');
  shown.endpoint = another.server;
  shown.certificateAuthority = { data: Buffer.from(another.certificateAuthority).toString('base64') };
  const session = 'arn:aws:sts::111122223333:assumed-role/prober/ann';
  const credentials = await credentialsOf(another, session);
  const known = simulation.world.sessions;
  const actor = known.get(simulation.credentials(session).accessKeyId);
  if (actor !== undefined) known.set(credentials.accessKeyId, actor);
  const eks = await startEksServer(simulation);
  const own = await startStsServer(simulation, async () =>
    JSON.parse(await must(another, 'GET', '/openid/v1/jwks')),
  );
  vi.stubEnv('AWS_ENDPOINT_URL_STS', own.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_EKS', eks.endpoint);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', credentials.sessionToken);
  try {
    await must(another, 'POST', '/api/v1/namespaces', { metadata: { name: 'presigned' } });
    const metadata = { name: 'checkout', annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN } };
    await must(another, 'POST', '/api/v1/namespaces/presigned/serviceaccounts', { metadata });
    await writeAwsAuth(another, {
      mapRoles:
        '- rolearn: arn:aws:iam::111122223333:role/prober\n  username: prober\n  groups: [system:masters]\n',
    });
    const argv = [
      '--cluster',
      'shop',
      '-n',
      'presigned',
      '--service-account',
      'checkout',
      '--snapshot',
      file('presigned.json'),
    ];
    const proven = async () => {
      const asked = await report(argv);
      expect(asked).toMatchObject({ code: 0, verdict: 'works', sts: { session: SESSION } });
    };
    await vi.waitFor(proven, { timeout: 20_000, interval: 1_000 });
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
    const { code, out } = await run(argv);
    expect([code, out]).toEqual([3, expect.stringMatching(/token-request: .*no access entry/)]);
  } finally {
    await removeAwsAuth(another);
    await eks.close();
    await own.close();
    for (const name of [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_ENDPOINT_URL_EKS',
    ])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);
  }
});

describe('undecided, and why', () => {
  afterEach(() => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.endpoint);
    vi.stubEnv('HTTPS_PROXY', front.proxy);
  });

  it('without the right to make tokens', async () => {
    const { code, out } = await run([...world('nobody'), '--service-account', 'checkout']);
    expect([code, out]).toEqual([3, expect.stringMatching(/token-request: .*403.*podtrust-probe/)]);
  });

  it('without the ServiceAccount', async () => {
    const { code, out } = await run([...world(), '--service-account', 'gone']);
    expect([code, out]).toEqual([3, expect.stringMatching(/kubectl -n shop create serviceaccount gone/)]);
  });

  it('without a role to try', async () => {
    const { code, out } = await run([...world(), '--service-account', 'plain']);
    expect([code, out]).toEqual([3, expect.stringMatching(/Name the role to try with --role/)]);
  });

  it('without a way to STS', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:9');
    const { code, out } = await run([...world(), '--service-account', 'checkout']);
    expect([code, out]).toEqual([3, expect.stringMatching(/STS decided nothing: .*ECONNREFUSED/)]);
  });

  it('of the signature alone without a way to the issuer: STS has verified it', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9');
    const asked = await report([...world(), '--service-account', 'checkout']);
    expect([asked.code, asked.statuses['issuer-keys'], asked.statuses['token-signature']]).toEqual([
      0,
      'unknown',
      'unknown',
    ]);
  });

  it("at the API server of another cluster, which is told by its tokens' issuer", async () => {
    await must(another, 'POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    await must(another, 'POST', '/api/v1/namespaces/shop/serviceaccounts', {
      metadata: { name: 'checkout', annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN } },
    });
    const before = sts.seen.length;
    const argv = [
      '--cluster',
      'shop',
      '-n',
      'shop',
      '--snapshot',
      file('estate.json'),
      '--kubeconfig',
      another.kubeconfig,
    ];
    const { code, out } = await run([...argv, '--service-account', 'checkout']);
    expect([code, out]).toEqual([3, expect.stringMatching(/another cluster's \(check --kubeconfig/)]);
    expect(sts.seen).toHaveLength(before);
  });
});

describe('a given token', () => {
  const argv = () => [
    '--token',
    '-',
    '--role',
    ROLE_ARN,
    '--snapshot',
    file('estate.json'),
    '--issuer-ca',
    file('issuer.pem'),
  ];

  /** Signs with the cluster's own key what its API server would not. */
  async function signed(token: string, claims: object): Promise<string> {
    const [head = '', payload = ''] = token.split('.');
    const part = (text: string) =>
      z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    const key = createPrivateKey(readFileSync(file('sa.key'), 'utf8'));
    return new SignJWT({ ...part(payload), ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: String(part(head)['kid']) })
      .sign(key);
  }

  it('that the API server made is proven, its keys fetched from the issuer', async () => {
    const asked = await report([...argv(), '--cluster', 'shop'], await tokenOf('checkout'));
    expect(asked).toMatchObject({ code: 0, verdict: 'works', statuses: { 'token-signature': 'pass' } });
  });

  const past = Math.floor(Date.now() / 1000) - 3600;
  it.each<[string, () => Promise<string>, string, RegExp]>([
    ['for another audience', () => tokenOf('checkout', 'vault'), 'token-audience', /InvalidIdentityToken/],
    ['expired', async () => signed(await tokenOf('checkout'), { exp: past }), 'token-time', /ExpiredToken/],
    [
      'with a changed payload',
      async () => withPayload(await tokenOf('cart'), { sub: 'system:serviceaccount:shop:checkout' }),
      'token-signature',
      /InvalidIdentityToken/,
    ],
    [
      'with another signature',
      async () => (await tokenOf('checkout')).replace(/[^.]{20}$/, 'A'.repeat(20)),
      'token-signature',
      /InvalidIdentityToken/,
    ],
    [
      'of a foreign issuer',
      async () =>
        signed(await tokenOf('checkout'), { iss: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0000' }),
      'token-issuer',
      /InvalidIdentityToken/,
    ],
  ])('%s is broken, and STS says so, too', async (_name, make, check, code) => {
    const asked = await report([...argv(), '--cluster', 'shop'], await make());
    expect(asked).toMatchObject({
      code: 1,
      sts: { outcome: 'refused', error: { code: expect.stringMatching(code) } },
    });
    expect(asked.statuses[check]).toBe('fail');
    expect(asked.differences).toEqual([]);
  });
});

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
/** Adds to pods what the webhook adds, in the API server itself. */
const INJECTING = {
  failurePolicy: 'Fail',
  reinvocationPolicy: 'IfNeeded',
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  },
  mutations: [
    {
      patchType: 'JSONPatch',
      jsonPatch: {
        expression: ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE']
          .map(
            (name) =>
              `JSONPatch{op: "add", path: "/spec/containers/0/env/-", value: Object.spec.containers.env{name: "${name}", value: "x"}}`,
          )
          .join(', ')
          .replace(/^.*$/s, (patches) => `[${patches}]`),
      },
    },
  ],
};

describe('a test pod', () => {
  const PODS = '/api/v1/namespaces/shop/pods';
  const argv = (user = 'prober', snapshot = 'estate.json') => [
    ...world(user, snapshot),
    ...['--service-account', 'checkout', '--pod', '--image', 'example.com/aws-cli:2', '--quiet'],
  ];
  const podList = z.object({
    items: z.array(z.object({ metadata: z.object({ name: z.string() }), spec: z.looseObject({}) })),
  });

  async function pods() {
    return podList.parse(JSON.parse(await must(kubernetes, 'GET', PODS))).items;
  }

  /** Waits for the pod and ends it as a kubelet would. */
  async function kubelet(terminated: object, phase = 'Succeeded') {
    const pod = await vi.waitFor(
      async () => {
        const [first] = await pods();
        if (first === undefined) throw new Error('no pod yet');
        return first;
      },
      { timeout: 20_000, interval: 100 },
    );
    const status = {
      name: 'probe',
      image: 'x',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated },
    };
    await must(kubernetes, 'PATCH', `${PODS}/${pod.metadata.name}/status`, {
      status: { phase, containerStatuses: [status] },
    });
    return pod;
  }

  it('passes the strictest Pod Security Standard, tells who it is, and is deleted', async () => {
    const arn = 'arn:aws:sts::111122223333:assumed-role/checkout/botocore-session-1';
    const [asked, pod] = await Promise.all([report(argv()), kubelet({ exitCode: 0, message: `${arn}\n` })]);
    expect(asked).toMatchObject({
      code: 0,
      err: '',
      verdict: 'works',
      pod: { outcome: 'identity', identity: arn, injected: 'none', deleted: true, deleteByHand: null },
    });
    expect(pod.spec).toMatchObject({ automountServiceAccountToken: false, serviceAccountName: 'checkout' });
    expect(JSON.stringify(pod.spec['volumes'])).not.toContain('serviceAccountToken');
    expect(await pods()).toEqual([]);
  });

  it('that is its node is broken, and deleted', async () => {
    const message = 'arn:aws:sts::111122223333:assumed-role/nodes/i-0123';
    const [asked] = await Promise.all([report(argv()), kubelet({ exitCode: 0, message })]);
    expect(asked).toMatchObject({ code: 1, statuses: { 'expected-role': 'fail' } });
    expect(await pods()).toEqual([]);
  });

  it('that gets no credentials is broken although STS takes its token, and deleted', async () => {
    const message = 'Unable to locate credentials. You can configure credentials by running "aws configure".';
    const [asked] = await Promise.all([report(argv()), kubelet({ exitCode: 253, message }, 'Failed')]);
    expect(asked).toMatchObject({
      code: 1,
      sts: { outcome: 'assumed' },
      differences: [expect.stringMatching(/put into pods/)],
    });
    expect(await pods()).toEqual([]);
  });

  it('proves Pod Identity, which STS does not', async () => {
    const estate = estateOf({
      clusters: [cluster({ podIdentityAssociations: [association()] })],
      roles: [role({ trustPolicy: trustPolicy(podIdentityStatement()) })],
    });
    writeFileSync(file('associated.json'), writeSnapshot(estate));
    const message = 'arn:aws:sts::111122223333:assumed-role/checkout/eks-shop-podtrust-1';
    const [asked] = await Promise.all([
      report(argv('prober', 'associated.json')),
      kubelet({ exitCode: 0, message }),
    ]);
    expect(asked).toMatchObject({
      code: 0,
      question: { mechanism: 'pod-identity' },
      token: { audiences: ['pods.eks.amazonaws.com'] },
      statuses: { 'assume-role': 'not-evaluated', 'token-signature': 'pass', 'expected-role': 'pass' },
    });
  });

  it('that never runs is given up in time, and deleted', async () => {
    const started = Date.now();
    const { code, out } = await run([...argv(), '--timeout', '1']);
    expect([code, out]).toEqual([3, expect.stringMatching(/did not end within 1 s/)]);
    expect(Date.now() - started).toBeLessThan(40_000);
    expect(await pods()).toEqual([]);
  });

  it('is not created without the right to', async () => {
    const { code, out } = await run(argv('nobody'));
    expect([code, out]).toEqual([
      3,
      expect.stringMatching(/pod could not be created: .*403.*podtrust-probe/),
    ]);
    expect(await pods()).toEqual([]);
  });

  it('that may not be deleted is named on stderr, with the command', async () => {
    const message = 'arn:aws:sts::111122223333:assumed-role/checkout/s';
    const [asked, pod] = await Promise.all([report(argv('keeper')), kubelet({ exitCode: 0, message })]);
    const byHand = `kubectl -n shop delete pod ${pod.metadata.name}`;
    expect(asked).toMatchObject({ verdict: 'works', pod: { deleted: false, deleteByHand: byHand } });
    expect(asked.err).toContain(`could not be deleted. Delete it: ${byHand}`);
    await must(kubernetes, 'DELETE', `${PODS}/${pod.metadata.name}`);
  });

  it('is deleted when the answer to its creation is lost, and after failures to delete it', async () => {
    const proxy = await startFaultProxy(kubernetes, {
      rule: ({ method, path, nth }) => {
        if (method === 'POST') return path.endsWith('/pods') ? { kind: 'cut', afterBytes: 0 } : null;
        if (method !== 'DELETE' || nth > 2) return null;
        return { kind: 'answer', code: 500, contentType: 'application/json', body: '{}' };
      },
    });
    writeFileSync(file('cut.kubeconfig'), kubeconfig(proxy, { admin: { token: kubernetes.token } }));
    try {
      const asked = await report(argv('cut'));
      expect(asked).toMatchObject({ code: 3, pod: { outcome: 'undecided', deleted: true } });
      const deletions = proxy.seen.filter(({ method }) => method === 'DELETE');
      expect(deletions).toHaveLength(3);
      expect(await pods()).toEqual([]);
    } finally {
      await proxy.close();
    }
  });

  it('tells what was put into it', async () => {
    const policy = { metadata: { name: 'webhook' } };
    await must(kubernetes, 'POST', `${ADMISSION}/mutatingadmissionpolicies`, { ...policy, spec: INJECTING });
    await must(kubernetes, 'POST', `${ADMISSION}/mutatingadmissionpolicybindings`, {
      ...policy,
      spec: { policyName: 'webhook' },
    });
    try {
      await vi.waitFor(
        async () => {
          const message = 'arn:aws:sts::111122223333:assumed-role/checkout/s';
          const [asked] = await Promise.all([report(argv()), kubelet({ exitCode: 0, message })]);
          expect(asked.pod).toMatchObject({ injected: 'irsa', deleted: true });
        },
        { timeout: 30_000 },
      );
    } finally {
      await must(kubernetes, 'DELETE', `${ADMISSION}/mutatingadmissionpolicybindings/webhook`);
      await must(kubernetes, 'DELETE', `${ADMISSION}/mutatingadmissionpolicies/webhook`);
    }
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('is deleted on %s', async (signal) => {
    const podtrust = new URL('../../cli/podtrust.mjs', import.meta.url).pathname;
    const child = spawn(process.execPath, [podtrust, 'probe', ...argv()], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    await vi.waitFor(async () => expect(await pods()).toHaveLength(1), { timeout: 30_000, interval: 100 });
    child.kill(signal);
    const [code] = await once(child, 'exit');
    expect([code, out]).toEqual([3, expect.stringMatching(/interrupted while the pod ran/)]);
    expect(await pods()).toEqual([]);
  });
});
