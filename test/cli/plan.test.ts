import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, planSchema } from '../../shared/changes/plan.ts';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import { planListSchema } from '../../shared/plans/plan-list.ts';
import { estateOf, ISSUER, irsaStatement, role, trustPolicy } from '../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../shared/rules/examples/kubernetes.ts';
import { sha256 } from '../support/planning.ts';
import { runCli } from '../support/run-cli.ts';

const wide = irsaStatement({
  Condition: {
    StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:*' },
    StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
  },
});
const open = estateOf({
  roles: [role({ trustPolicy: trustPolicy(wide), tags: { ManagedBy: 'terraform' } })],
  clusters: [clusterWith({ serviceAccounts: [serviceAccount()] })],
});
const input = writeSnapshot(open);
const run = (...argv: string[]) => runCli(['plan', ...argv, '--snapshot', '-'], { input });

describe('podtrust plan', () => {
  it('lists what can be planned', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toContain('no-wildcard-subject');
    expect(out).toMatch(/\d+ of \d+ findings can be planned/);
  });

  it('prints the list as JSON that its schema takes, each plan under its digest', async () => {
    const { out } = await run('--output', 'json', '--rule', 'no-wildcard-subject');
    const { plans } = planListSchema.parse(JSON.parse(out));
    expect(plans).toHaveLength(1);
    for (const { plan, digest } of plans) expect(digestOf(plan, sha256)).toBe(digest);
  });

  const fingerprint = async (): Promise<string> => {
    const { out } = await run('--output', 'json', '--rule', 'no-wildcard-subject');
    return planListSchema.parse(JSON.parse(out)).plans[0]?.plan.answers[0]?.fingerprint ?? '';
  };

  it('shows one plan as a diff with proof, rehearsal, owner and the snippets for the owner and for running sessions', async () => {
    const { code, out } = await run('--finding', (await fingerprint()).slice(0, 10));
    expect(code).toBe(0);
    expect(out).toMatch(/^ {6}- +"StringLike": \{$/m);
    expect(out).toMatch(/^ {6}\+ .*system:serviceaccount:shop:checkout/m);
    expect(out).toContain('yes: nobody gets in who neither did before nor is meant');
    expect(out).toContain('by Terraform (tag ManagedBy = terraform)');
    expect(out).toContain('resource "aws_iam_role" "checkout"');
    expect(out).toContain('AWSRevokeOlderSessions');
    expect(out).toContain('live on for up to 1 h');
  });

  it('prints one plan as JSON, and its digest beside', async () => {
    const { out, err } = await run('--finding', await fingerprint(), '--output', 'json');
    const plan = planSchema.parse(JSON.parse(out));
    expect(err).toContain(digestOf(plan, sha256));
  });

  it('writes each plan to a file of a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plans-'));
    const { code } = await run('--rule', 'no-wildcard-subject', '--output', 'json', '--out', folder);
    expect(code).toBe(0);
    const [file, ...more] = readdirSync(folder);
    expect(more).toEqual([]);
    expect(file).toMatch(/^no-wildcard-subject-[0-9a-f]{32}\.json$/);
    planSchema.parse(JSON.parse(readFileSync(join(folder, file ?? ''), 'utf8')));
  });

  it('fences and escapes what strangers wrote in Markdown', async () => {
    const hostile = estateOf({
      roles: [role({ trustPolicy: trustPolicy(wide), tags: { terraform: '```\n# <b>owned</b>' } })],
      clusters: [clusterWith({ serviceAccounts: [serviceAccount()] })],
    });
    const { out } = await runCli(
      ['plan', '--snapshot', '-', '--output', 'markdown', '--rule', 'no-wildcard-subject'],
      {
        input: writeSnapshot(hostile),
      },
    );
    expect(out).toContain('```diff');
    expect(out).not.toMatch(/^# <b>/m);
    expect(out).not.toContain('<b>');
  });

  it('says what is missing where it declines, and exits 3', async () => {
    const unread = estateOf({ roles: [role({ trustPolicy: trustPolicy(wide) })] });
    const list = await runCli(['plan', '--snapshot', '-', '-o', 'json', '--rule', 'no-wildcard-subject'], {
      input: writeSnapshot(unread),
    });
    const { declined } = planListSchema.parse(JSON.parse(list.out));
    const { code, err } = await runCli(
      ['plan', '--snapshot', '-', '--finding', declined[0]?.fingerprint ?? ''],
      {
        input: writeSnapshot(unread),
      },
    );
    expect(code).toBe(3);
    expect(err).toContain('Nobody is known to use the role');
  });

  it.each<[string, string, boolean]>([
    ['holds', '2027-01-31', true],
    ['has ended', '2026-11-21', false],
  ])('of a finding whose waiver %s says whether it is accepted', async (_name, expires, accepted) => {
    const folder = mkdtempSync(join(tmpdir(), 'plan-waived-'));
    const file = join(folder, 'waivers.yaml');
    writeFileSync(
      file,
      `waivers:\n  - rule: no-wildcard-subject\n    owner: platform\n    reason: moves\n    ticket: S-1\n    expires: ${expires}\n`,
    );
    const one = await run('--finding', await fingerprint(), '--waivers', file);
    expect(one.code).toBe(0);
    expect(
      one.err.includes(
        'the finding is accepted by platform until 2027-01-31 (S-1): moves. While that holds it is not repaired.',
      ),
    ).toBe(accepted);
    const all = await run('--rule', 'no-wildcard-subject', '--waivers', file);
    expect(/accepted\s[\s\S]*until 2027-01-31/.test(all.out)).toBe(accepted);
    expect(all.out.includes('risk')).toBe(!accepted);
  });

  it('names a finding that is not there, and exits 2', async () => {
    const { code, err } = await run('--finding', 'ffffffff');
    expect(code).toBe(2);
    expect(err).toContain('no finding "ffffffff" with a plan');
  });
});
