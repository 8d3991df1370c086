import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadKubernetes } from '../../shared/aws/kubernetes-reader.ts';
import { digestOf, type Plan, planSchema } from '../../shared/changes/plan.ts';
import type { PodGroup } from '../../shared/estate/kubernetes-schema.ts';
import type { ClusterObjects } from '../../shared/kube/changes/objects.ts';
import { container } from '../../shared/rules/examples/kubernetes.ts';
import { demoOrganization, demoSnapshot } from '../../simulator/demo/organization.ts';
import { PRODUCTION } from '../../simulator/demo/places.ts';
import { kubernetesOf } from '../../simulator/kubernetes.ts';
import { sha256 } from '../support/planning.ts';
import { runCli } from '../support/run-cli.ts';
import { startStsServer } from '../support/sts-server.ts';

// Live AWS is the demo organization behind real SDK clients, and its clusters' APIs are what the simulator makes of them.
const simulation = demoOrganization();
const world = vi.hoisted(() => ({
  read: undefined as ReadKubernetes | undefined,
  objects: undefined as
    | ((cluster: { account: string; region: string; name: string }) => ClusterObjects)
    | undefined,
}));
vi.mock('../../shared/aws/clients.ts', async (original) => ({
  ...(await original<typeof import('../../shared/aws/clients.ts')>()),
  createClients: () =>
    simulation.clients({ account: PRODUCTION.id, principal: `arn:aws:iam::${PRODUCTION.id}:role/Admin` }),
}));
vi.mock('../../shared/kube/reader.ts', async (original) => ({
  ...(await original<typeof import('../../shared/kube/reader.ts')>()),
  kubernetesReader: () => world.read,
}));
vi.mock('../../shared/kube/changes/cluster-objects.ts', () => ({
  clusterObjectsOf: () => async (cluster: { account: string; region: string; name: string }) =>
    world.objects?.(cluster),
}));

const KEY = 'eks.amazonaws.com/role-arn';
const ROLE = `arn:aws:iam::${PRODUCTION.id}:role/prod-shop-catalog`;
const PLACE = ['--cluster', 'prod-shop', '--namespace', 'shop', '--service-account', 'pricing'];
const SHOP = { account: PRODUCTION.id, region: 'eu-central-1', name: 'prod-shop' };

const folder = mkdtempSync(join(tmpdir(), 'podtrust-annotate-'));
let sts: Awaited<ReturnType<typeof startStsServer>>;
let live = kubernetesOf(demoSnapshot());
/** What the pods have: those of the ServiceAccount are made anew when somebody restarts them. */
let restarted = false;
let writes = 0;

const began = performance.now();
const now = () => new Date(Date.parse('2026-11-22T12:00:00Z') + performance.now() - began);
const cli = (...argv: string[]) => runCli(argv, { cwd: folder, now });
const annotations = async () =>
  (await live.objects(SHOP).serviceAccount('shop', 'pricing'))?.annotations ?? null;
const trust = async () => {
  const iam = simulation.clients({
    account: PRODUCTION.id,
    principal: `arn:aws:iam::${PRODUCTION.id}:role/Admin`,
  })('iam', null, null);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'prod-shop-catalog' }));
  return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
};

const anew = (pod: PodGroup): PodGroup =>
  restarted && pod.serviceAccount === 'pricing'
    ? { ...pod, oldest: now().toISOString(), newest: now().toISOString(), containers: [injected()] }
    : pod;
const injected = () =>
  container({
    AWS_ROLE_ARN: ROLE,
    AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
    AWS_REGION: 'eu-central-1',
  });

beforeAll(async () => {
  sts = await startStsServer(simulation, async () => null);
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_STS: sts.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  }))
    vi.stubEnv(name, value);
  const fixes = { mode: 'approve', canaryFirst: false, patienceSeconds: 5 };
  writeFileSync(join(folder, 'podtrust.config.json'), JSON.stringify({ fixes }));
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await sts.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  live = kubernetesOf(demoSnapshot());
  restarted = false;
  writes = 0;
  world.read = async (cluster) => {
    const found = await live.read(cluster);
    const pods = found?.data?.pods;
    return found === null || pods === undefined || found.data === undefined
      ? found
      : { ...found, data: { ...found.data, pods: pods.map(anew) } };
  };
  world.objects = (cluster) => {
    const objects = live.objects(cluster);
    return {
      ...objects,
      annotateServiceAccount: async (...given) => {
        writes += 1;
        await objects.annotateServiceAccount(...given);
      },
    };
  };
});

async function planned(...argv: string[]): Promise<{ plan: Plan; digest: string }> {
  const { code, out, err } = await cli(
    'annotate',
    ...PLACE,
    ...argv,
    '--output',
    'json',
    '--out',
    'plan.json',
  );
  if (code !== 0) throw new Error(out + err);
  const { readFileSync } = await import('node:fs');
  const plan = planSchema.parse(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')));
  return { plan, digest: digestOf(plan, sha256) };
}

describe('podtrust annotate, from the wish to the pods and back', { timeout: 120_000 }, () => {
  it('is written only when it was approved and asked for, works, is done the second time, and is taken back', async () => {
    const before = [await trust(), await annotations()];
    const { plan, digest } = await planned('--role', 'prod-shop-catalog');
    expect(plan.changes.map(({ kind }) => kind)).toEqual(['trust-policy', 'service-account-annotation']);
    expect(plan.notes.join('\n')).toContain('kubectl -n shop rollout restart deployment/pricing');
    const apply = (of: string, ...more: string[]) => cli('apply', of, '--digest', of, ...more);

    expect(await cli('apply', 'plan.json', '--digest', digest, '--annotate')).toMatchObject({ code: 1 });
    expect((await cli('approve', 'plan.json')).code).toBe(0);
    const refused = await apply(digest);
    expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('add --annotate')]);
    expect([await trust(), await annotations()]).toEqual(before);

    const applied = await apply(digest, '--annotate');
    expect([applied.out, applied.code]).toEqual([expect.stringContaining('Applied and verified'), 0]);
    expect(await annotations()).toMatchObject({ [KEY]: ROLE });
    expect((await cli('explain', ...PLACE)).out).toContain('no-uninjected-pod');
    restarted = true;
    const explained = await cli('explain', ...PLACE, '--output', 'json');
    expect(JSON.parse(explained.out)).toMatchObject({ verdict: 'works', mechanism: 'irsa' });

    const second = await cli('annotate', ...PLACE, '--role', ROLE);
    expect([second.code, second.out]).toEqual([0, expect.stringContaining('Nothing is left to do')]);
    expect((await apply(digest, '--annotate')).out).toContain('verified');
    expect(writes).toBe(1);

    const back = await cli('rollback', digest, '--output', 'json');
    const way: { digest: string; plan: Plan } = JSON.parse(back.out);
    expect(way.plan.changes.map(({ kind }) => kind)).toEqual(['service-account-annotation', 'trust-policy']);
    expect((await cli('approve', way.digest)).code).toBe(0);
    expect((await apply(way.digest)).out).toContain('add --annotate');
    expect((await apply(way.digest, '--annotate')).out).toContain('Applied and verified');
    expect([await trust(), await annotations()]).toEqual(before);
    expect(writes).toBe(2);
  });

  it('is stale where somebody annotated meanwhile, and nothing of it stands', async () => {
    const before = await trust();
    const { digest } = await planned('--role', 'prod-shop-catalog');
    expect((await cli('approve', 'plan.json')).code).toBe(0);
    const theirs = `${ROLE}-theirs`;
    await live.objects(SHOP).annotateServiceAccount('shop', 'pricing', '1', KEY, theirs);
    const { code, out } = await cli('apply', 'plan.json', '--digest', digest, '--annotate');
    expect([code, out]).toEqual([1, expect.stringContaining('not as it was when the plan was made')]);
    expect(await annotations()).toMatchObject({ [KEY]: theirs });
    expect(await trust()).toBe(before);
    expect(writes).toBe(0);
  });

  it('takes an annotation away in the same way', async () => {
    await live.objects(SHOP).annotateServiceAccount('shop', 'pricing', '1', KEY, ROLE);
    const { plan, digest } = await planned('--remove');
    expect(plan.changes).toMatchObject([{ before: ROLE, after: null }]);
    expect((await cli('approve', 'plan.json')).code).toBe(0);
    expect((await cli('apply', 'plan.json', '--digest', digest, '--annotate')).out).toContain(
      'Applied and verified',
    );
    expect(await annotations()).not.toHaveProperty([KEY]);
    expect((await cli('annotate', ...PLACE, '--remove')).out).toContain('Nothing is left to do');

    expect((await cli('rollback', digest)).out).toContain('It is kept. Next: podtrust approve');
    const theirs = `${ROLE}-theirs`;
    const objects = live.objects(SHOP);
    const found = await objects.serviceAccount('shop', 'pricing');
    await objects.annotateServiceAccount('shop', 'pricing', found?.resourceVersion ?? '', KEY, theirs);
    const late = await cli('rollback', digest);
    expect(late.out).toMatch(/Must not be applied as it is[\s\S]*is no longer what the plan wrote/);
    expect(late.out).toContain('It is kept, and is not applied as it is');
    expect(late.out).not.toContain('Next: podtrust approve');
  });
});
