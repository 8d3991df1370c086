import { expect, it } from 'vitest';
import { entry, TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-missing-windows-group.ts';
import { nodeRow, unreadList, withEntries, withRoles } from '../../support/access-estates.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';

const nodegroups = [{ name: 'win', roleArn: TEAM_ARN, amiType: 'WINDOWS_CORE_2022_x86_64' }];
const windows = { cluster: { nodegroups } };
const byMap = (mapRoles: string) => withRoles(mapRoles, { cluster: { nodegroups } });
const typed = (type: string) => entry({ type, policies: [], groups: ['system:nodes'] });

ruleCases(rule, [
  {
    when: 'an entry for Linux',
    estate: withEntries([typed('EC2_LINUX')], windows),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'a row for Linux',
    estate: byMap(nodeRow(TEAM_ARN)),
    is: 'fail',
    says: /without eks:kube-proxy-windows/,
  },
  {
    when: 'nodes that manage themselves, as Kubernetes shows them',
    estate: withEntries([typed('EC2_LINUX')], {
      cluster: {
        kubernetes: {
          awsAuth: null,
          nodes: [{ id: 'n1', compute: 'ec2', os: 'windows', count: 1, names: ['win-1'], role: TEAM_ARN }],
        },
      },
    }),
    is: 'fail',
  },
  { when: 'an entry for Windows', estate: withEntries([typed('EC2_WINDOWS')], windows), is: 'pass' },
  { when: 'a row with the group', estate: byMap(nodeRow(TEAM_ARN, ', eks:kube-proxy-windows')), is: 'pass' },
  {
    when: 'Linux and Windows share a role with the entry for Windows',
    estate: withEntries([typed('EC2_WINDOWS')], {
      cluster: { nodegroups: [...nodegroups, { name: 'linux', roleArn: TEAM_ARN }] },
    }),
    is: 'pass',
  },
  { when: 'nothing maps the role: that is told', estate: withEntries([], windows), is: 'pass' },
  {
    when: 'the entries were not read',
    estate: unreadList(withEntries([], windows), 'accessEntries'),
    is: 'unknown',
  },
  {
    when: 'Linux nodes',
    estate: withEntries([typed('EC2_LINUX')], {
      cluster: { nodegroups: [{ name: 'linux', roleArn: TEAM_ARN, amiType: 'AL2023_x86_64_STANDARD' }] },
    }),
    is: 'not applicable',
  },
]);

it('is repaired where the mapping is', () => {
  expect(onlyFailure(rule, withEntries([typed('EC2_LINUX')], windows)).repair?.text).toContain(
    '--type EC2_WINDOWS',
  );
  expect(onlyFailure(rule, byMap(nodeRow(TEAM_ARN))).repair?.text).toContain('Add eks:kube-proxy-windows');
});
