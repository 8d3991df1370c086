import { beforeAll, describe, expect, it } from 'vitest';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Fetched } from '../../../shared/probe/keys.ts';
import type { PodAnswer, ProbeKubernetes, ProbePorts, StsAnswer } from '../../../shared/probe/ports.ts';
import {
  probeServiceAccount,
  type ServiceAccountProbe,
} from '../../../shared/probe/probe-service-account.ts';
import { probeSchema } from '../../../shared/probe/report.ts';
import {
  association,
  cluster,
  estateOf,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { ISSUER_URL, secretsOf, type TestIssuer, testIssuer } from '../../support/tokens.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const SESSION = 'arn:aws:sts::111122223333:assumed-role/checkout/podtrust-probe';
const ANNOTATED = { 'eks.amazonaws.com/role-arn': ROLE_ARN };
const assumed: StsAnswer = { kind: 'assumed', session: SESSION, caller: SESSION };
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await testIssuer(NOW);
});

interface World {
  readonly estate?: Parameters<typeof estateOf>[0];
  readonly asked?: Partial<ServiceAccountProbe>;
  readonly kubernetes?: Partial<ProbeKubernetes>;
  readonly sts?: StsAnswer;
  readonly unreachable?: boolean;
}

async function probe({ estate: parts, asked, kubernetes, sts = assumed, unreachable }: World) {
  const estate = buildEstate(estateOf({ roles: [role()], ...parts }));
  const [view] = estate.clusters;
  if (view === undefined) throw new Error('no cluster');
  const asks: { audience?: string; roleArn?: string; region?: string | null } = {};
  const secrets: string[] = [];
  const ports: ProbePorts = {
    now: () => NOW,
    fetch: async (url): Promise<Fetched> => {
      if (unreachable === true) return { kind: 'failed', why: 'there is no route' };
      const text = url.endsWith('/keys')
        ? issuer.jwks
        : JSON.stringify({ issuer: ISSUER_URL, jwks_uri: `${ISSUER_URL}/keys` });
      return { kind: 'text', text };
    },
    sts: async ({ roleArn, region }) => {
      Object.assign(asks, { roleArn, region });
      return sts;
    },
  };
  const api: ProbeKubernetes = {
    serviceAccount: async () => ({ kind: 'found', annotations: ANNOTATED }),
    token: async (audience) => {
      asks.audience = audience;
      const token = await issuer.sign({ claims: { aud: [audience] } });
      secrets.push(...secretsOf(token));
      return { kind: 'token', token };
    },
    ...kubernetes,
  };
  const place = { cluster: view, namespace: 'shop', serviceAccount: 'checkout' };
  const report = await probeServiceAccount({ ...place, ...asked }, estate, api, ports);
  expect(probeSchema.parse(report)).toEqual(report);
  for (const secret of secrets) expect(JSON.stringify(report)).not.toContain(secret);
  const statuses = Object.fromEntries(report.checks.map(({ check, status }) => [check, status]));
  return { report, statuses, asks };
}

const pod =
  (outcome: PodAnswer['outcome'], injected: PodAnswer['injected'] = 'irsa') =>
  async (): Promise<PodAnswer> => ({
    outcome,
    injected,
    cleanup: { pod: 'shop/probe-1', deleted: true, byHand: 'kubectl' },
  });

describe('IRSA', () => {
  it('is proven by the token of the annotated ServiceAccount, its signature and STS', async () => {
    const { report, statuses, asks } = await probe({});
    expect(report).toMatchObject({
      verdict: 'works',
      question: { mechanism: 'irsa', expectedRole: ROLE_ARN, expectedBy: 'annotation' },
      token: {
        issuer: ISSUER_URL,
        subject: 'system:serviceaccount:shop:checkout',
        audiences: ['sts.amazonaws.com'],
      },
      foretold: { outcome: 'accepted' },
      sts: { asked: true, outcome: 'assumed', session: SESSION, caller: SESSION, error: null },
      differences: [],
    });
    expect(new Set(Object.values(statuses))).toEqual(new Set(['pass']));
    expect(asks).toEqual({ audience: 'sts.amazonaws.com', roleArn: ROLE_ARN, region: 'eu-west-1' });
  });

  it('asks for the audience that the ServiceAccount is annotated with', async () => {
    const annotations = { ...ANNOTATED, 'eks.amazonaws.com/audience': 'custom' };
    const { asks } = await probe({
      kubernetes: { serviceAccount: async () => ({ kind: 'found', annotations }) },
    });
    expect(asks.audience).toBe('custom');
  });

  it('points out that STS refuses what the trust policy allows', async () => {
    const { report } = await probe({ sts: { kind: 'refused', code: 'AccessDenied', message: 'no' } });
    expect(report).toMatchObject({
      verdict: 'broken',
      sts: { outcome: 'refused', error: { code: 'AccessDenied', message: 'no' } },
      differences: [expect.stringContaining('resource control policy')],
    });
  });

  it('is broken when the session is of another role than expected', async () => {
    const other = SESSION.replace('/checkout/', '/cart/');
    const { report } = await probe({ sts: { kind: 'assumed', session: other, caller: other } });
    expect(report.verdict).toBe('broken');
  });

  it('is proven although the keys cannot be read from here: STS has read them', async () => {
    const { report, statuses } = await probe({ unreachable: true });
    expect([report.verdict, statuses['issuer-keys'], statuses['token-signature']]).toEqual([
      'works',
      'unknown',
      'unknown',
    ]);
  });

  it('is undecided where STS cannot be reached, and says what to do', async () => {
    const { report } = await probe({ sts: { kind: 'unanswered', why: 'no route. Check the network' } });
    expect(report.verdict).toBe('undecided');
    expect(report.checks.find(({ check }) => check === 'assume-role')?.detail).toMatch(/Check the network/);
  });

  it('takes the role of the question before the annotation', async () => {
    const { report, asks } = await probe({ asked: { role: 'arn:aws:iam::111122223333:role/other' } });
    expect(asks.roleArn).toBe('arn:aws:iam::111122223333:role/other');
    expect(report.question.expectedBy).toBe('option');
    expect(report.verdict).toBe('broken');
  });
});

describe('undecided, with what to do', () => {
  const denied = { kind: 'denied', why: 'not allowed (403)' } as const;
  it.each<[string, World, string, RegExp]>([
    [
      'a TokenRequest is denied',
      { kubernetes: { token: async () => denied } },
      'token-request',
      /serviceaccounts\/token.*podtrust-probe/,
    ],
    [
      'the API server cannot be reached',
      {
        kubernetes: {
          serviceAccount: async () => ({ kind: 'failed', why: 'no route' }),
          token: async () => ({ kind: 'failed', why: 'no route' }),
        },
      },
      'token-request',
      /no route/,
    ],
    [
      'there is no such ServiceAccount',
      { kubernetes: { serviceAccount: async () => ({ kind: 'missing' }) } },
      'service-account',
      /create serviceaccount checkout/,
    ],
    [
      'the ServiceAccount has no role',
      { kubernetes: { serviceAccount: async () => ({ kind: 'found', annotations: {} }) } },
      'assume-role',
      /no role to ask for/,
    ],
  ])('%s', async (_name, world, check, detail) => {
    const { report } = await probe(world);
    expect(report.verdict).toBe('undecided');
    expect(report.checks.find((one) => one.check === check)?.detail).toMatch(detail);
    expect(report.sts.asked).toBe(false);
  });

  it('an annotation that names no role is told, and --role offered', async () => {
    const annotations = { 'eks.amazonaws.com/role-arn': 'checkout' };
    const { report } = await probe({
      kubernetes: { serviceAccount: async () => ({ kind: 'found', annotations }) },
    });
    expect(report.advice).toEqual([expect.stringMatching(/names no role/), expect.stringMatching(/--role/)]);
  });

  it('goes on by what was read before when the ServiceAccount may not be read', async () => {
    const accounts = [{ namespace: 'shop', name: 'checkout', annotations: ANNOTATED }];
    const estate = { clusters: [cluster({ kubernetes: { serviceAccounts: accounts } })] };
    const serviceAccount = async () => ({ kind: 'failed', why: 'not allowed' }) as const;
    const { report } = await probe({ estate, kubernetes: { serviceAccount } });
    expect(report).toMatchObject({ verdict: 'works', question: { expectedBy: 'annotation' } });
  });

  it('says that an association may come before the annotation where none were read', async () => {
    const { podIdentityAssociations: _, ...unread } = cluster();
    const { report } = await probe({ estate: { clusters: [unread] } });
    expect(report.advice).toEqual([expect.stringMatching(/association would come before/)]);
  });
});

it("asks nobody when the API server is another cluster's", async () => {
  const token = async () =>
    ({ kind: 'token', token: await issuer.sign({ claims: { iss: 'https://other' } }) }) as const;
  const never = async (): Promise<PodAnswer> => {
    throw new Error('no pod was to be run');
  };
  const { report } = await probe({ kubernetes: { token, pod: never } });
  expect(report).toMatchObject({ verdict: 'undecided', sts: { asked: false }, pod: null });
  expect(report.advice).toEqual([expect.stringMatching(/--context/)]);
});

describe('Pod Identity', () => {
  const estate = {
    clusters: [cluster({ podIdentityAssociations: [association()], autoMode: true })],
    roles: [role({ trustPolicy: trustPolicy(podIdentityStatement()) })],
  };

  it('is undecided from outside: the token is shown and verified, STS is not asked', async () => {
    const { report, statuses, asks } = await probe({ estate });
    expect(report).toMatchObject({
      verdict: 'undecided',
      question: { mechanism: 'pod-identity', expectedRole: ROLE_ARN, expectedBy: 'association' },
      sts: { asked: false },
    });
    expect(asks).toEqual({ audience: 'pods.eks.amazonaws.com' });
    expect([statuses['token-signature'], statuses['assume-role']]).toEqual(['pass', 'not-evaluated']);
    expect(report.advice).toEqual([expect.stringMatching(/--pod --image/)]);
  });

  it('is proven by a pod', async () => {
    const arn = 'arn:aws:sts::111122223333:assumed-role/checkout/eks-shop-probe-1';
    const { report } = await probe({
      estate,
      kubernetes: { pod: pod({ kind: 'identity', arn }, 'pod-identity') },
    });
    expect(report).toMatchObject({
      verdict: 'works',
      pod: { identity: arn, injected: 'pod-identity', deleted: true },
    });
  });

  it('is left aside for what IRSA would do beside it, which is said', async () => {
    const beside = { ...estate, roles: [role()] };
    const { report, asks } = await probe({ estate: beside, asked: { audience: 'sts.amazonaws.com' } });
    expect(report).toMatchObject({
      verdict: 'works',
      question: { mechanism: 'irsa', expectedBy: 'annotation' },
    });
    expect(asks).toMatchObject({ audience: 'sts.amazonaws.com', roleArn: ROLE_ARN });
    expect(report.advice).toEqual([expect.stringMatching(/new pods use it/)]);
  });

  it('ends in the target role', async () => {
    const target = 'arn:aws:iam::444455556666:role/data';
    const chained = {
      ...estate,
      clusters: [cluster({ podIdentityAssociations: [association({ targetRoleArn: target })] })],
    };
    const { report } = await probe({ estate: chained });
    expect(report.question.expectedRole).toBe(target);
  });
});

describe('a test pod', () => {
  it('that is its node proves that nothing was put into it', async () => {
    const arn = 'arn:aws:sts::111122223333:assumed-role/nodes/i-0123';
    const { report } = await probe({ kubernetes: { pod: pod({ kind: 'identity', arn }, 'none') } });
    expect(report.verdict).toBe('broken');
    expect(report.checks.find(({ check }) => check === 'test-pod')?.detail).toMatch(/No AWS variables/);
  });

  it('that gets nothing is broken, whatever STS says to the token', async () => {
    const { report } = await probe({
      kubernetes: { pod: pod({ kind: 'refused', message: 'Unable to locate credentials' }) },
    });
    expect(report).toMatchObject({
      verdict: 'broken',
      differences: [expect.stringMatching(/put into pods/)],
    });
  });

  it('that could not be deleted is named with the command', async () => {
    const left = async (): Promise<PodAnswer> => ({
      outcome: { kind: 'identity', arn: SESSION },
      injected: 'irsa',
      cleanup: { pod: 'shop/probe-1', deleted: false, byHand: 'kubectl -n shop delete pod probe-1' },
    });
    const { report } = await probe({ kubernetes: { pod: left } });
    expect(report.pod).toMatchObject({ deleted: false, deleteByHand: 'kubectl -n shop delete pod probe-1' });
  });
});
