import { expect, it } from 'vitest';
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
