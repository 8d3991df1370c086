import { expect, it } from 'vitest';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import { sha256 } from '../../../shared/lambda/hash.ts';
import { plannableIn, planOf } from '../../../shared/plans/plan-finding.ts';
import { entry, TEAM_ARN, teamRole } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-missing-node-mapping.ts';
import { named, nodeRow, row, unreadList, withEntries, withRoles } from '../../support/access-estates.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';

const nodegroups = [{ name: 'workers', roleArn: TEAM_ARN }];
const fargateProfiles = [{ name: 'batch', roleArn: TEAM_ARN }];
const byMap = (mapRoles: string, parts = {}) => withRoles(mapRoles, { cluster: { nodegroups }, ...parts });
const nodes = (changes = {}) =>
  entry({ type: 'EC2_LINUX', groups: ['system:nodes'], policies: [], ...changes });
const PATHED = 'arn:aws:iam::111122223333:role/eng/team';

ruleCases(rule, [
  {
    when: 'nothing maps the role',
    estate: withEntries([], { cluster: { nodegroups } }),
    is: 'fail',
    severity: 'high',
    says: /node group workers/,
  },
  { when: 'aws-auth lost the row', estate: byMap('[]'), is: 'fail' },
  {
    when: 'a Fargate role that nothing maps',
    estate: withEntries([], { cluster: { fargateProfiles } }),
    is: 'fail',
    says: /Fargate profile batch/,
  },
  {
    when: 'a row without the group of nodes',
    estate: byMap(row(TEAM_ARN, 'viewers')),
    is: 'fail',
    says: /without the group system:nodes/,
  },
  {
    when: 'a row for nodes with a name of its own',
    estate: byMap(nodeRow(TEAM_ARN).replace(/username: .*/, 'username: worker')),
    is: 'fail',
    says: /to the username "worker"/,
  },
  {
    when: 'a row for nodes whose name stands in angle brackets',
    estate: byMap(nodeRow(TEAM_ARN).replace(/username: .*/, 'username: <system:node:{{EC2PrivateDNSName}}>')),
    is: 'fail',
  },
  {
    when: 'a row for nodes without a username',
    estate: byMap(nodeRow(TEAM_ARN).replace(/ *username: .*\n/, '')),
    is: 'fail',
    says: /to the username ""/,
  },
  { when: 'an entry', estate: withEntries([nodes()], { cluster: { nodegroups } }), is: 'pass' },
  { when: 'the row that EKS writes', estate: byMap(nodeRow(TEAM_ARN)), is: 'pass' },
  {
    when: 'a role with a path, mapped without it',
    estate: withRoles(nodeRow(TEAM_ARN), {
      cluster: { nodegroups: [{ name: 'workers', roleArn: PATHED }] },
      roles: [named('eng/team')],
    }),
    is: 'pass',
  },
  {
    when: 'a row with its path: that is told',
    estate: withRoles(nodeRow(PATHED), {
      cluster: { nodegroups: [{ name: 'workers', roleArn: PATHED }] },
      roles: [named('eng/team')],
    }),
    is: 'pass',
  },
  {
    when: 'a section that cannot be read: that is told',
    estate: byMap(`${nodeRow(TEAM_ARN)} - x\n`),
    is: 'pass',
  },
  {
    when: 'an entry that was made for a role before it: that is told',
    estate: withEntries([nodes()], {
      cluster: { nodegroups },
      roles: [teamRole({ created: '2026-03-01T00:00:00Z' })],
    }),
    is: 'pass',
  },
  {
    when: 'a STANDARD entry: that is told',
    estate: withEntries([entry()], { cluster: { nodegroups } }),
    is: 'pass',
  },
  {
    when: 'the entries were not read',
    estate: unreadList(withEntries([], { cluster: { nodegroups } }), 'accessEntries'),
    is: 'unknown',
  },
  {
    when: 'aws-auth was not read',
    estate: withRoles('', { cluster: { nodegroups, kubernetes: {} } }),
    is: 'unknown',
  },
  { when: 'no nodes', estate: withEntries([]), is: 'not applicable' },
]);

it('is repaired by an entry of the type of the nodes, or by the row that EKS writes', () => {
  expect(onlyFailure(rule, withEntries([], { cluster: { fargateProfiles } })).repair?.text).toContain(
    '--type FARGATE_LINUX',
  );
  expect(onlyFailure(rule, byMap('[]')).repair?.text).toContain('system:node:{{EC2PrivateDNSName}}');
});

it('a name of its own is planned to be the one that EKS writes, and nothing else of the row', () => {
  const estate = buildEstate(byMap(nodeRow(TEAM_ARN).replace(/username: .*/, 'username: worker # ours')));
  const context = { estate, config: defaultConfig, hash: sha256, now: '2026-11-22T12:00:00Z' };
  const own = [...plannableIn(context).plannable.values()].find(({ finding }) => finding.rule === rule.name);
  const result = own === undefined ? null : planOf(own, context);
  if (result?.kind !== 'plan') throw new Error(`no plan: ${JSON.stringify(result)}`);
  const [change] = result.plan.changes;
  expect(change?.kind).toBe('aws-auth');
  expect(JSON.stringify(change?.after)).toContain(
    String.raw`username: \"system:node:{{EC2PrivateDNSName}}\" # ours\n  groups: [system:bootstrappers, system:nodes]`,
  );
});
