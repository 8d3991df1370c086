import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, planSchema } from '../../shared/changes/plan.ts';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { awsAuth, kubernetes, readCluster, TEAM_ARN, teamRole } from '../../shared/rules/examples/access.ts';
import { ELSEWHERE, estateOf, role } from '../../shared/rules/examples/estate.ts';
import { clusterWith } from '../../shared/rules/examples/kubernetes.ts';
import { sha256 } from '../support/planning.ts';
import { runCli } from '../support/run-cli.ts';

const agent = { addons: [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }] };
const irsa = writeSnapshot(estateOf({ roles: [role(), teamRole()], clusters: [clusterWith({}, agent)] }));
const withAwsAuth = writeSnapshot(
  estateOf({
    roles: [teamRole()],
    clusters: [
      readCluster({
        authenticationMode: 'CONFIG_MAP',
        kubernetes: kubernetes({
          awsAuth: awsAuth({ mapRoles: `- {rolearn: "${TEAM_ARN}", username: a, groups: [b]}\n` }),
        }),
      }),
    ],
  }),
);
const run = (input: string, ...argv: string[]) => runCli([...argv, '--snapshot', '-'], { input });

describe('podtrust grant-access', () => {
  const grant = (...more: string[]) =>
    run(
      irsa,
      'grant-access',
      '--cluster',
      'shop',
      '--principal',
      TEAM_ARN,
      '--policy',
      'AmazonEKSViewPolicy',
      ...more,
    );

  it('prints the plan, as JSON under its digest', async () => {
    expect((await grant()).out).toContain('AmazonEKSViewPolicy');
    const { code, out, err } = await grant('--output', 'json', '--namespace', 'shop', '--namespace', 'dev-*');
    expect(code).toBe(0);
    const plan = planSchema.parse(JSON.parse(out));
    expect(err).toContain(digestOf(plan, sha256));
    expect(plan.changes[1]).toMatchObject({ after: { type: 'namespace', namespaces: ['dev-*', 'shop'] } });
  });

  it('says why there is none, and refuses what is no namespace', async () => {
    const none = await run(irsa, 'grant-access', '--cluster', 'shop', '--principal', 'me', '--policy', 'x');
    expect([none.code, none.err]).toEqual([3, expect.stringContaining('no ARN of a role or user')]);
    expect((await grant('--namespace', 'A_B')).code).toBe(2);
  });
});

describe('podtrust associate', () => {
  it('prints the plan, or why there is none', async () => {
    const associate = (name: string) =>
      run(
        irsa,
        'associate',
        '--cluster',
        'shop',
        '--namespace',
        'shop',
        '--service-account',
        name,
        '--role',
        'checkout',
      );
    const { code, out } = await associate('basket');
    expect([code, out]).toEqual([0, expect.stringContaining('aws:RequestTag/kubernetes-service-account')]);
    expect((await associate('Bad_Name')).code).toBe(2);
  });
});

describe('podtrust annotate', () => {
  const annotate = (name: string, ...more: string[]) =>
    run(irsa, 'annotate', '--cluster', 'shop', '--namespace', 'shop', '--service-account', name, ...more);

  it('prints the plan for kubectl and Helm, or why there is none, or that it is so already', async () => {
    const { code, out } = await annotate('checkout', '--role', TEAM_ARN);
    expect([code, out]).toEqual([0, expect.stringContaining("kubectl patch serviceaccount 'checkout'")]);
    expect(out).toContain(`eks.amazonaws.com/role-arn: ${TEAM_ARN}`);
    expect(out).toContain('with --annotate alone');
    expect(await annotate('checkout', '--role', 'checkout')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Nothing is left to do'),
    });
    expect(await annotate('basket', '--role', 'checkout')).toMatchObject({
      code: 3,
      err: expect.stringContaining('does not exist'),
    });
  });

  it('takes the annotation away, and wants either that or a role', async () => {
    const { code, out } = await annotate('checkout', '--remove', '--output', 'json');
    expect(code).toBe(0);
    expect(planSchema.parse(JSON.parse(out)).changes).toMatchObject([{ after: null }]);
    expect((await annotate('checkout')).code).toBe(2);
    expect((await annotate('checkout', '--remove', '--role', 'checkout')).code).toBe(2);
    expect((await annotate('Bad_Name', '--remove')).code).toBe(2);
  });
});

describe('podtrust migrate', () => {
  it('writes each plan into a file of its own, as podtrust apply takes it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'podtrust-'));
    const { code, out } = await run(
      irsa,
      'migrate',
      'pod-identity',
      '--cluster',
      'shop',
      '--output',
      'json',
      '--out',
      folder,
    );
    expect(code).toBe(0);
    const listed: { plans: { name: string; digest: string }[] } = JSON.parse(out);
    expect(readdirSync(folder)).toEqual(listed.plans.map(({ name }) => `${name}.json`));
    const [first] = readdirSync(folder);
    const plan = planSchema.parse(JSON.parse(readFileSync(join(folder, first ?? ''), 'utf8')));
    expect(digestOf(plan, sha256)).toBe(listed.plans[0]?.digest);
  });

  it('plans the change of the authentication mode only when it is asked for', async () => {
    const asked = await run(withAwsAuth, 'migrate', 'access-entries', '--cluster', 'shop');
    expect([asked.code, asked.out]).toEqual([3, expect.stringContaining('--change-mode plans it')]);
    const { code, out } = await run(
      withAwsAuth,
      'migrate',
      'access-entries',
      '--cluster',
      'shop',
      '--change-mode',
    );
    expect([code, out]).toEqual([0, expect.stringContaining('API_AND_CONFIG_MAP')]);
  });

  it('takes the issuer of a cluster that is gone, and says when nothing is left', async () => {
    const { code, out } = await run(
      irsa,
      'migrate',
      'cluster',
      '--from',
      `https://${ELSEWHERE}`,
      '--to',
      'shop',
    );
    expect([code, out]).toEqual([0, expect.stringContaining('Nothing is left to plan')]);
    expect((await run(irsa, 'migrate', 'cluster', '--from', 'nowhere', '--to', 'shop')).code).toBe(2);
  });
});
