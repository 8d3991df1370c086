import { describe, expect, it } from 'vitest';
import { accessReportSchema } from '../../shared/audit/access-report.ts';
import { explanationSchema } from '../../shared/audit/explanation.ts';
import { writeSnapshot } from '../../shared/estate/write-snapshot.ts';
import {
  accessPolicy,
  awsAuth,
  entry,
  groupBinding,
  kubernetes,
  readCluster,
  TEAM_ARN,
  teamRole,
} from '../../shared/rules/examples/access.ts';
import { estateOf } from '../../shared/rules/examples/estate.ts';
import { runCli } from '../support/run-cli.ts';

const mapRoles = `
- rolearn: arn:aws:iam::111122223333:role/nodes
  username: system:node:{{EC2PrivateDNSName}}
  groups: [system:bootstrappers, system:nodes]
- rolearn: arn:aws:iam::111122223333:role/eng/ops
  username: ops
  groups: [system:masters]
`;
const shop = readCluster({
  authenticationMode: 'API_AND_CONFIG_MAP',
  accessEntries: [entry({ policies: [accessPolicy('AmazonEKSEditPolicy', 'dev-*')], groups: ['viewers'] })],
  identityProviderConfigs: [{ name: 'dex', type: 'oidc' }],
  kubernetes: kubernetes({
    awsAuth: awsAuth({ mapRoles }),
    roles: [{ name: 'view', rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }],
    bindings: [groupBinding('view', 'viewers')],
  }),
});
const input = writeSnapshot(
  estateOf({
    clusters: [shop],
    roles: [teamRole(), teamRole({ arn: 'arn:aws:iam::111122223333:role/nodes', id: 'AROAEXAMPLENODES' })],
  }),
);
const from = (...argv: string[]) => runCli([...argv, '--snapshot', '-'], { input });

describe('podtrust access', () => {
  it('prints who gets in, through what, as whom, with which rights', async () => {
    const { code, out } = await from('access', '--cluster', 'shop');
    expect(code).toBe(0);
    expect(out).toContain('authentication mode API_AND_CONFIG_MAP');
    expect(out).toMatch(/│ access-entry *│ write /);
    expect(out).toContain('AmazonEKSEditPolicy in dev-*');
    expect(out).toContain('ClusterRoleBinding');
    expect(out).toMatch(/│ aws-auth *│ node /);
    expect(out).toMatch(/│ aws-auth *│ \(cluster-admin\) /);
    expect(out).toContain('tokens of their own: dex');
  });

  it('prints the published document, the strongest of people first', async () => {
    const { out } = await from('access', '--cluster', 'shop', '--output', 'json');
    const report = accessReportSchema.parse(JSON.parse(out));
    expect(
      report.ways.map(({ principal, purpose, state, grade }) => [principal, purpose, state, grade]),
    ).toEqual([
      [TEAM_ARN, 'people', 'open', 'write'],
      ['arn:aws:iam::111122223333:role/eng/ops', 'people', 'unmatched', 'cluster-admin'],
      ['arn:aws:iam::111122223333:role/nodes', 'nodes', 'open', 'node'],
    ]);
  });

  it.each([
    ['ghost', [], 'The principal does not exist.'],
    [
      'ghost',
      [teamRole({ arn: 'arn:aws:iam::111122223333:role/eng/team' })],
      'The principal does not exist.',
    ],
    ['tombstoned', [teamRole({ created: '2026-03-01T00:00:00Z' })], 'that had this name before'],
    ['open', [teamRole()], null],
  ] as const)(
    'says %s of the entry of such a principal, and does not list it as rights',
    async (state, roles, why) => {
      const estate = estateOf({ clusters: [readCluster({ accessEntries: [entry()] })], roles: [...roles] });
      const text = { input: writeSnapshot(estate) };
      const run = (...argv: string[]) =>
        runCli(['access', '--cluster', 'shop', '--snapshot', '-', ...argv], text);
      const report = accessReportSchema.parse(JSON.parse((await run('--output', 'json')).out));
      expect(report.ways[0]).toMatchObject({
        state,
        why: why === null ? null : expect.stringContaining(why),
      });
      expect((await run()).out).toMatch(state === 'open' ? /│ view / : /│ \(view\) /);
    },
  );

  it('asks for a cluster, and for one that there is', async () => {
    expect((await from('access')).code).toBe(2);
    expect((await from('access', '--cluster', 'shpo')).err).toContain('nearest is "shop"');
  });

  it('says that what was not read may hold more', async () => {
    const { accessEntries: _, ...unread } = shop;
    const text = writeSnapshot(estateOf({ clusters: [unread] }));
    const { out } = await runCli(['access', '--cluster', 'shop', '--snapshot', '-'], { input: text });
    expect(out).toContain('? eks:ListAccessEntries: not in the snapshot');
  });

  it('writes names of strangers without control characters', async () => {
    const bad = readCluster({ accessEntries: [entry({ username: 'a\u001b[31mb\u202e' })] });
    const text = writeSnapshot(estateOf({ clusters: [bad], roles: [teamRole()] }));
    const { out } = await runCli(['access', '--cluster', 'shop', '--snapshot', '-'], { input: text });
    expect(out).toContain('ab\u{FFFD}');
    expect([...'\u001b\u202e'].filter((character) => out.includes(character))).toEqual([]);
  });
});

describe('podtrust explain --principal', () => {
  it.each([
    ['a session that gets in', 'arn:aws:sts::111122223333:assumed-role/team/ann', 0, 'WORKS'],
    ['the name of a role', 'team', 0, 'WORKS'],
    ['a role that nothing maps', 'arn:aws:iam::111122223333:role/nodes2', 1, 'BROKEN'],
    ['the node role', 'arn:aws:iam::111122223333:role/nodes', 0, 'WORKS'],
    ['a user of an account that was not read', 'arn:aws:iam::999900001111:user/x', 1, 'BROKEN'],
  ])('%s', async (_name, principal, code, verdict) => {
    const result = await from('explain', '--cluster', 'shop', '--principal', principal);
    expect(result.out.split(/\s/)[0]).toBe(verdict);
    expect(result.code).toBe(code);
  });

  it('names the reason and the command', async () => {
    const argv = [
      'explain',
      '--cluster',
      'shop',
      '--principal',
      'arn:aws:iam::111122223333:role/nodes',
      '--output',
      'json',
    ];
    const explanation = explanationSchema.parse(JSON.parse((await from(...argv)).out));
    expect(explanation).toMatchObject({ mechanism: 'cluster-access', verdict: 'works', reason: null });
    const text = writeSnapshot(estateOf({ clusters: [readCluster()], roles: [teamRole()] }));
    const refused = await runCli(
      ['explain', '--cluster', 'shop', '--principal', TEAM_ARN, '--snapshot', '-'],
      { input: text },
    );
    expect(refused.out).toMatch(/Reason: No access entry names .*401 Unauthorized/);
    expect(refused.out).toContain('Repair: Create an access entry');
  });

  it.each([
    ['what is no principal', ['--principal', 'arn:aws:s3:::bucket'], /no role, user, root user/],
    [
      'a ServiceAccount beside it',
      ['--principal', TEAM_ARN, '-n', 'shop'],
      /--namespace cannot go with --principal/,
    ],
    ['an unknown role name', ['--principal', 'taem'], /nearest is "team"/],
  ])('refuses %s', async (_name, argv, says) => {
    const { code, err } = await from('explain', '--cluster', 'shop', ...argv);
    expect([code, err]).toEqual([2, expect.stringMatching(says)]);
  });
});

it.each([['access', '--cluster', 'shop'], ['audit']])(
  '%s: a snapshot cannot be asked for creators that it does not hold',
  async (...argv) => {
    const { code, err } = await from(...argv, '--creators');
    expect([code, err]).toEqual([2, expect.stringContaining('podtrust collect')]);
  },
);
