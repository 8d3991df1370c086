import { entry, TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-creator-in-aws-auth.ts';
import { named, row, unreadList, withRoles } from '../../support/access-estates.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const created = (arn: string) => ({ creator: { arn, at: '2026-01-10T08:00:00Z' } });
const masters = row(TEAM_ARN, 'system:masters');

ruleCases(rule, [
  {
    when: 'the creator is listed',
    estate: withRoles(masters, { cluster: created(TEAM_ARN) }),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'the creator is listed without its path',
    estate: withRoles(masters, {
      cluster: created('arn:aws:iam::111122223333:role/eng/team'),
      roles: [named('eng/team')],
    }),
    is: 'fail',
  },
  { when: 'somebody else is listed', estate: withRoles(masters), is: 'pass' },
  { when: 'nobody knows who created it', estate: unreadList(withRoles(masters), 'creator'), is: 'unknown' },
  { when: 'aws-auth was not read', estate: unreadList(withRoles(''), 'kubernetes'), is: 'unknown' },
  { when: 'nobody is listed', estate: withRoles('[]'), is: 'not applicable' },
  {
    when: 'under both surfaces the creator is an entry, and no hidden administrator',
    estate: withRoles(masters, {
      cluster: { ...created(TEAM_ARN), authenticationMode: 'API_AND_CONFIG_MAP', accessEntries: [entry()] },
    }),
    is: 'not applicable',
  },
]);
