import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { audit } from '../../shared/audit/audit.ts';
import { collect } from '../../shared/aws/collect.ts';
import type { KubernetesEndpoint, KubernetesRead } from '../../shared/aws/kubernetes-reader.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { kubernetesReader, type ReaderOptions } from '../../shared/kube/reader.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import {
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
} from '../support/kubernetes/fault-proxy.ts';
import { removeAwsAuth, writeAwsAuth } from '../support/kubernetes/identities.ts';
import { freePorts, listenOnLoopback } from '../support/kubernetes/loopback.ts';
import { endpointOf, READER } from '../support/kubernetes/reader.ts';
import { createNamespace, createServiceAccounts } from '../support/kubernetes/workload.ts';
import { stubAccount } from '../support/stub-account.ts';
import { stubClients } from '../support/stub-aws.ts';

const kubernetes = inject('kubernetes');
const now = () => new Date();
const LIST = '/api/v1/serviceaccounts';

let proxy: FaultProxy | undefined;
let pauses: number[] = [];
let namespace = '';

beforeAll(async () => {
  await writeAwsAuth(kubernetes, {
    mapRoles: `- rolearn: ${READER.role}\n  username: podtrust\n  groups: [system:masters]\n`,
  });
  // More than one page, so that a list has a middle.
  namespace = await createNamespace(kubernetes, 'paged');
  await createServiceAccounts(kubernetes, { namespace, count: 600 });
  await vi.waitFor(async () => expect((await read(await endpointOf(kubernetes))).gaps).toEqual([]), {
    timeout: 20_000,
    interval: 300,
  });
});
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  pauses = [];
});
afterAll(async () => removeAwsAuth(kubernetes));

/** A reader that waits briefly, and notes how long it was asked to pause. */
const options = (more: Partial<ReaderOptions> = {}): ReaderOptions => ({
  now,
  firstAnswer: 1_000,
  connect: {
    connectTimeout: 700,
    limits: { answer: 1_500, size: 4_000_000 },
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
    },
  },
  ...more,
});

async function read(
  endpoint: KubernetesEndpoint,
  more: Partial<ReaderOptions> = {},
): Promise<KubernetesRead> {
  const answer = await kubernetesReader(options(more))(endpoint);
  if (answer === null) throw new Error('the cluster was not asked');
  return answer;
}

async function through(rule: FaultProxyOptions['rule'], more: Partial<ReaderOptions> = {}) {
  proxy = await startFaultProxy(kubernetes, rule === undefined ? {} : { rule });
  return read(await endpointOf(kubernetes, READER.session, proxy), more);
}

const paged = ({ data }: KubernetesRead) =>
  data?.serviceAccounts?.filter((one) => one.namespace === namespace && one.name !== 'default').length;
const asked = () => proxy?.seen.filter(({ path }) => path === LIST).length;

describe('a list that recovers is whole, without a gap', () => {
  it.each<[string, FaultProxyOptions['rule'], number]>([
    ['410 in its middle', ({ path, nth }) => (path === LIST && nth === 2 ? { kind: 'expired' } : null), 4],
    [
      '429 at first',
      ({ path, nth }) => (path === LIST && nth <= 2 ? { kind: 'throttled', retryAfterSeconds: 2 } : null),
      4,
    ],
    [
      '503 on its second page',
      ({ path, nth }) =>
        path === LIST && nth === 2
          ? { kind: 'answer', code: 503, contentType: 'text/plain', body: 'later' }
          : null,
      3,
    ],
    [
      'cut before its first byte',
      ({ path, nth }) => (path === LIST && nth === 1 ? { kind: 'cut', afterBytes: 0 } : null),
      3,
    ],
    [
      'cut in its body',
      ({ path, nth }) => (path === LIST && nth === 1 ? { kind: 'cut', afterBytes: 5_000 } : null),
      3,
    ],
    ['slow', ({ path }) => (path === LIST ? { kind: 'slow', milliseconds: 400 } : null), 2],
  ])('%s', async (_what, rule, requests) => {
    const answer = await through(rule);
    expect(answer.gaps).toEqual([]);
    expect(paged(answer)).toBe(600);
    expect(asked()).toBe(requests);
  });

  it('waits as long as the server asks for', async () => {
    await through(({ path, nth }) =>
      path === LIST && nth === 1 ? { kind: 'throttled', retryAfterSeconds: 3 } : null,
    );
    expect(pauses).toHaveLength(1);
    expect(pauses[0]).toBeGreaterThan(2_000);
    expect(pauses[0]).toBeLessThan(4_000);
  });
});

describe('a list that does not recover is one gap, and the others are read', () => {
  const page = (items: unknown, metadata: object) => ({
    kind: 'answer' as const,
    code: 200,
    contentType: 'application/json',
    body: JSON.stringify({ kind: 'ServiceAccountList', apiVersion: 'v1', metadata, items }),
  });
  it.each<[string, FaultProxyOptions['rule'], RegExp]>([
    [
      '410 on each second page',
      ({ nth }) => (nth % 2 === 0 ? { kind: 'expired' } : null),
      /changed too much.*410/,
    ],
    ['429 for ever', () => ({ kind: 'throttled', retryAfterSeconds: 1 }), /429/],
    ['cut each time', () => ({ kind: 'cut', afterBytes: 300 }), /cut/],
    ['slower than an answer may be', () => ({ kind: 'slow', milliseconds: 3_000 }), /in time/],
    ['silent', () => ({ kind: 'silent' }), /in time/],
    [
      'an error of the server',
      () => ({ kind: 'answer', code: 500, contentType: 'text/html', body: '<b>secret trace</b>' }),
      /^the API server answered 500$/,
    ],
    [
      "a portal's page",
      () => ({ kind: 'answer', code: 200, contentType: 'text/html', body: '<html>portal</html>' }),
      /malformed answer/,
    ],
    [
      'a redirect, which is not followed',
      () => ({ kind: 'answer', code: 302, contentType: 'text/html', body: '' }),
      /302/,
    ],
    ['a list without items', () => page(null, {}), /the list is missing/],
    ['a list that never ends', () => page([], { continue: 'again' }), /repeats/],
    ['an answer beyond all bounds', () => page(['x'.repeat(5_000_000)], {}), /larger than/],
  ])('%s', async (_what, rule, reason) => {
    const answer = await through((request) => (request.path === LIST ? (rule?.(request) ?? null) : null));
    expect(answer.gaps).toEqual([
      { read: 'kubernetes:serviceaccounts', reason: expect.stringMatching(reason) },
    ]);
    expect(answer.data?.serviceAccounts).toBeUndefined();
    expect(answer.data?.namespaces).toContain(namespace);
    expect(answer.data?.pods).toBeDefined();
    expect(JSON.stringify(answer.gaps)).not.toMatch(/secret trace|portal</);
  });

  it('when the whole takes too long, what was not read is told, and nothing waits longer', async () => {
    const began = performance.now();
    const answer = await through(({ path }) => (path === LIST ? { kind: 'silent' } : null), { within: 800 });
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(answer.gaps.map((gap) => gap.read)).toContain('kubernetes:serviceaccounts');
  });
});

describe('a cluster that cannot be asked is one gap, soon', () => {
  const only = (reason: RegExp) => ({
    data: undefined,
    gaps: [{ read: 'kubernetes:connect', reason: expect.stringMatching(reason) }],
  });
  const soon = async (act: () => Promise<KubernetesRead>): Promise<KubernetesRead> => {
    const began = performance.now();
    const answer = await act();
    expect(performance.now() - began).toBeLessThan(3_000);
    return answer;
  };
  const at = async (server: string) => ({ ...(await endpointOf(kubernetes)), server });

  it('an endpoint that takes the connection and never speaks, as a filtered route does', async () => {
    const mute = await listenOnLoopback(createServer());
    const answer = await soon(async () => read(await at(`https://127.0.0.1:${mute.port}`)));
    expect(answer).toEqual(only(/did not (?:answer|come) in time/));
    await mute.close();
  });

  it('an API server that does not say who its caller is', async () => {
    const answer = await soon(async () => through(() => ({ kind: 'silent' })));
    expect(answer).toEqual(only(/in time/));
    expect(proxy?.seen).toHaveLength(1);
  });

  it('a name that is known in its VPC alone', async () => {
    const endpoint = await at('https://abcdef.gr7.eu-west-1.eks.invalid');
    expect(await soon(async () => read(endpoint))).toEqual(only(/private endpoint|looked up/));
  });

  it('a port where nothing listens', async () => {
    const [port] = await freePorts(1);
    expect(await soon(async () => read(await at(`https://127.0.0.1:${port}`)))).toEqual(only(/refused/));
  });

  it('a certificate of another authority, to which no token is sent', async () => {
    proxy = await startFaultProxy(kubernetes, { signedBy: 'foreign' });
    const endpoint = await endpointOf(kubernetes, READER.session, proxy);
    expect(await soon(async () => read(endpoint))).toEqual(only(/not signed by an authority/));
    expect(proxy.seen).toEqual([]);
  });

  it.each(['c2ltdWxhdGVk', '', '%%%'])(
    'an authority that is no certificate: %j',
    async (certificateAuthority) => {
      const endpoint = { ...(await endpointOf(kubernetes)), certificateAuthority };
      expect(await soon(async () => read(endpoint))).toEqual(only(/./));
    },
  );

  it('no access entry: the gap has the command for the role that reads', async () => {
    const stranger = 'arn:aws:sts::444455556666:assumed-role/podtrust-read/podtrust';
    const answer = await soon(async () => read(await endpointOf(kubernetes, stranger)));
    expect(answer).toEqual(
      only(
        /401.*aws eks create-access-entry --region \S+ --cluster-name shop --principal-arn arn:aws:iam::444455556666:role\/podtrust-read --kubernetes-groups podtrust-read/,
      ),
    );
  });

  it('a token that has expired', async () => {
    const anHourAgo = () => new Date(Date.now() - 3_600_000);
    const answer = await soon(async () => read(await endpointOf(kubernetes), { now: anHourAgo }));
    expect(answer).toEqual(only(/401.*expired/));
  });

  it('credentials that cannot be had', async () => {
    const endpoint = {
      ...(await endpointOf(kubernetes)),
      credentials: () => Promise.reject(new Error('the session has ended')),
    };
    const answer = await soon(async () => read(endpoint));
    expect(answer).toEqual(only(/no token could be made: the session has ended/));
  });

  it('a description without an endpoint', async () => {
    const { server: _, ...without } = await endpointOf(kubernetes);
    expect(await read(without)).toEqual(only(/no endpoint/));
  });
});

describe('the rest of the audit', () => {
  it('goes on without the cluster: AWS is judged, and use-kubernetes-access names the entry to create', async () => {
    const stranger = await endpointOf(kubernetes, 'arn:aws:sts::111122223333:assumed-role/reader/me');
    const reader = kubernetesReader(options());
    const snapshot = await collect({
      clients: stubClients(stubAccount),
      now,
      // The account is a stub with real SDK clients; its cluster is the one on loopback.
      kubernetes: async (endpoint) =>
        reader({
          ...endpoint,
          server: kubernetes.server,
          certificateAuthority: Buffer.from(kubernetes.certificateAuthority).toString('base64'),
          credentials: stranger.credentials,
        }),
    });
    expect(snapshot.accounts[0]?.roles).toHaveLength(2);
    expect(snapshot.coverage.map(({ read, cluster }) => [read, cluster])).toEqual([
      ['kubernetes:connect', 'prod'],
      ['kubernetes:connect', 'test'],
    ]);
    const { findings } = audit(buildEstate(snapshot), { config: defaultConfig, hash: sha256 });
    const told = findings.filter(({ rule }) => rule === 'use-kubernetes-access');
    expect(JSON.stringify(told)).toContain(
      'aws eks create-access-entry --region eu-west-1 --cluster-name prod --principal-arn arn:aws:iam::111122223333:role/reader --kubernetes-groups podtrust-read',
    );
  });
});
