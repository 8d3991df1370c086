import { TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-masters-in-aws-auth.ts';
import { nodeRow, row, unreadList, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const masters = row(TEAM_ARN, 'system:masters');
const glass = (...breakGlass: string[]) => ({ access: { breakGlass, accounts: [] } });

ruleCases(rule, [
  {
    when: 'a team',
    estate: withRoles(masters),
    is: 'fail',
    severity: 'medium',
    says: /role\/team into system:masters/,
  },
  {
    when: 'an administrator who is none for emergencies',
    estate: withRoles(masters),
    config: { access: { admins: [TEAM_ARN], breakGlass: [], accounts: [] } },
    is: 'fail',
  },
  { when: 'a break-glass role', estate: withRoles(masters), config: glass(TEAM_ARN), is: 'pass' },
  {
    when: 'a break-glass role that the configuration names with its path',
    estate: withRoles(masters),
    config: glass('arn:aws:iam::*:role/emergency/team'),
    is: 'pass',
  },
  { when: 'another group', estate: withRoles(row(TEAM_ARN, 'system:mastersx, ops')), is: 'pass' },
  {
    when: 'whoever created the cluster: that is told',
    estate: withRoles(masters, { cluster: { creator: { arn: TEAM_ARN, at: '2026-01-10T08:00:00Z' } } }),
    is: 'pass',
  },
  { when: 'a role that does not exist: that is told', estate: withRoles(masters, { roles: [] }), is: 'pass' },
  {
    when: 'root: that is told',
    estate: withRoles(row('arn:aws:iam::111122223333:root', 'system:masters')),
    is: 'pass',
  },
  { when: 'aws-auth was not read', estate: unreadList(withRoles(''), 'kubernetes'), is: 'unknown' },
  { when: 'only nodes', estate: withRoles(nodeRow(TEAM_ARN)), is: 'not applicable' },
  {
    when: 'the cluster does not look there',
    estate: withRoles(masters, { cluster: { authenticationMode: 'API' } }),
    is: 'not applicable',
  },
]);
