import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { repairStore } from '../../shared/changes/repairs/repair-store.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { planListSchema } from '../../shared/plans/plan-list.ts';
import { openSqliteRecords } from '../../shared/sqlite/records.ts';
import { demoOrganization, demoSnapshot } from '../../simulator/demo/organization.ts';
import { PLATFORM, PRODUCTION, STAGING } from '../../simulator/demo/places.ts';
import { simulatedKubernetes } from '../../simulator/kubernetes.ts';
import { expectedCode } from '../support/documented/codes.ts';
import { startLoopbackAws } from '../support/documented/loopback-aws.ts';
import { flagValue, type Printed, wrongWith } from '../support/documented/printed.ts';
import { RUNS } from '../support/documented/runs.ts';
import { layOut, NOW, type Stage } from '../support/documented/stage.ts';
import { STAND_INS } from '../support/documented/stand-ins.ts';
import { runCli } from '../support/run-cli.ts';
import { startStsServer } from '../support/sts-server.ts';

// Live AWS is the demo organization behind real SDK clients, its clusters' APIs included; the hub's tables are files.
const base = demoOrganization();
let simulation = base;
const place = vi.hoisted(() => ({ cwd: '', account: '' }));
vi.mock('../../shared/aws/clients.ts', async (original) => ({
  ...(await original<typeof import('../../shared/aws/clients.ts')>()),
  createClients: () =>
    simulation.clients({ account: place.account, principal: `arn:aws:iam::${place.account}:role/Admin` }),
}));
vi.mock('../../shared/kube/reader.ts', async (original) => ({
  ...(await original<typeof import('../../shared/kube/reader.ts')>()),
  kubernetesReader: () => simulatedKubernetes(demoSnapshot()),
}));
vi.mock('../../shared/aws/repairs/dynamodb-records.ts', async () => {
  const { openSqliteRecords } = await import('../../shared/sqlite/records.ts');
  return { dynamodbRecords: () => openSqliteRecords(join(place.cwd, 'podtrust.repairs.db')) };
});
vi.mock('../../shared/aws/findings/waiver-table.ts', () => ({
  waiverTable: () => ({
    replace: async (waivers: readonly object[]) => ({ added: waivers.length, removed: 0 }),
  }),
}));

// The API server gives a token of the issuer of tests; a test pod becomes the role that its ServiceAccount names.
vi.mock('../../shared/kube/probe/service-account.ts', async () => {
  const { testIssuer } = await import('../support/tokens.ts');
  const issuer = await testIssuer(new Date('2026-11-22T12:00:00Z'));
  return {
    readServiceAccount: async () => ({
      kind: 'found',
      annotations: { 'eks.amazonaws.com/role-arn': `arn:aws:iam::${place.account}:role/prod-shop-payments` },
    }),
    requestToken: async () => ({
      kind: 'token',
      token: await issuer.sign({ claims: { sub: 'system:serviceaccount:shop:payments' } }),
    }),
  };
});
vi.mock('../../shared/aws/probe/endpoint.ts', () => ({
  clusterEndpoint: async () => ({
    server: 'https://127.0.0.1:9',
    certificateAuthority: 'LS0tLS1CRUdJTg==',
    name: 'prod-shop',
    region: 'eu-central-1',
    partition: 'aws',
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
  }),
}));
vi.mock('../../shared/kube/probe/run-pod.ts', () => ({
  runTestPod: async () => ({
    outcome: {
      kind: 'identity',
      arn: `arn:aws:sts::${place.account}:assumed-role/prod-shop-payments/pod`,
    },
    injected: 'irsa',
    cleanup: null,
  }),
}));

const began = performance.now();
/** The clock goes on, so that what is bounded in time ends. */
const now = () => new Date(NOW.getTime() + performance.now() - began);

let stage: Stage;
let aws: Awaited<ReturnType<typeof startLoopbackAws>>;
let sts: Awaited<ReturnType<typeof startStsServer>>;
let fingerprint = '';
/** A plan that is approved; one that stopped; one that was applied and verified. */
const digests = { open: '', stopped: '', verified: '' };
beforeAll(async () => {
  stage = await layOut();
  aws = await startLoopbackAws();
  sts = await startStsServer(base, async () => null);
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_ORGANIZATIONS: aws.url,
    AWS_ENDPOINT_URL_LAMBDA: aws.url,
    AWS_ENDPOINT_URL_ATHENA: aws.url,
    AWS_ENDPOINT_URL_ACCESSANALYZER: aws.url,
    AWS_ENDPOINT_URL_STS: sts.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  }))
    vi.stubEnv(name, value);
  await keepPlans();
}, 120_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  stage.remove();
  await Promise.all([sts.close(), aws.close()]);
}, 30_000);

const SHA = /^(DIGEST|SHA256|5d41402abc4b\S*)$/;
const digestFor = (verb: string) =>
  verb === 'fixes' ? digests.stopped : verb === 'rollback' ? digests.verified : digests.open;

/** The words with what the stage has in place of the names in examples. */
const staged = (argv: readonly string[]) =>
  argv
    .map((word) =>
      SHA.test(word)
        ? digestFor(argv[0] ?? '')
        : /^(3f2a91|FINGERPRINT)$/.test(word)
          ? fingerprint
          : (STAND_INS[`${argv[0]} ${word}`] ?? STAND_INS[word] ?? word),
    )
    .map((word) => (word === 'KUBECONFIG' ? join(stage.folder, 'kubeconfig') : word));

/** Makes three plans with the command itself, and brings each to where the examples take it up. */
async function keepPlans(): Promise<void> {
  Object.assign(place, { cwd: stage.folder, account: PRODUCTION.id });
  const here = (...argv: readonly string[]) => runCli(argv, { cwd: stage.folder, now });
  stage.write(
    'told.json',
    (await here('replay', 'events/scenarios/trust-widened.json', '--output', 'json')).out,
  );
  const { plans } = planListSchema.parse(JSON.parse((await here('plan', '--output', 'json')).out));
  const [open, verified, stopped] = plans.filter(
    ({ plan }) => plan.blockers.length === 0 && plan.changes.every(({ kind }) => kind === 'trust-policy'),
  );
  if (open === undefined || verified === undefined || stopped === undefined) throw new Error('too few plans');
  fingerprint = open.plan.answers[0]?.fingerprint ?? '';
  for (const [name, { plan, digest }] of Object.entries({ open, verified, stopped })) {
    stage.write(`${name === 'open' ? 'plan' : name}.json`, JSON.stringify(plan));
    const approved = await here('approve', `${name === 'open' ? 'plan' : name}.json`);
    if (approved.code !== 0) throw new Error(approved.err);
    Object.assign(digests, { [name]: digest });
  }
  const applied = await here('apply', digests.verified, '--digest', digests.verified);
  if (applied.code !== 0) throw new Error(applied.out + applied.err);
  const records = openSqliteRecords(join(stage.folder, 'podtrust.repairs.db'));
  const store = repairStore({ records, hash: sha256, now: () => NOW });
  await store.note({ plan: digests.stopped, what: 'stopped', reason: 'nobody knows' });
  records.close();
}

const STDIN: Readonly<Record<string, string>> = {
  lint: 'plan-of-terraform.json',
  explain: 'trust.json',
  compare: 'trust.json',
  audit: 'estate.json',
  probe: 'token.txt',
};

async function run(argv: readonly string[]): Promise<Printed> {
  const words = staged(argv);
  const cwd = stage.copy();
  const account = words.includes('staging-data') ? STAGING : words.includes('tools') ? PLATFORM : PRODUCTION;
  Object.assign(place, { cwd, account: account.id });
  // What is written is written to an organization of its own.
  simulation = argv[0] === 'apply' ? demoOrganization() : base;
  const input = readFileSync(join(stage.folder, STDIN[argv[0] ?? ''] ?? 'trust.json'), 'utf8');
  // The library for completion prints by itself.
  const printed = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    const printed = await runCli(words, { cwd, input, now, env: { XDG_STATE_HOME: cwd } });
    const out = flagValue(words, '--out');
    return { ...printed, written: out === undefined ? undefined : existsSync(join(cwd, out)) };
  } finally {
    printed.mockRestore();
    rmSync(cwd, { recursive: true });
  }
}

describe('every example', () => {
  it.each(RUNS.map(({ at, argv }) => [argv.join(' '), at, argv] as const))(
    'podtrust %s (%s) runs',
    async (line, _at, argv) => {
      const printed = await run(argv);
      expect(wrongWith(argv, printed)).toEqual([]);
      expect([printed.code, printed.err]).toEqual([expectedCode(line), expect.any(String)]);
    },
  );
});
