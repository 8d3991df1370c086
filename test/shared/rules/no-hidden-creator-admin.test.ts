import { expect, it } from 'vitest';
import type { Creator } from '../../../shared/estate/snapshot.ts';
import { TEAM_ARN, teamRole } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-hidden-creator-admin.ts';
import { named, row, unreadList, withEntries, withRoles } from '../../support/access-estates.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';

const by = (creator: Partial<Creator> = {}, parts = {}) =>
  withRoles('[]', {
    cluster: { creator: { arn: TEAM_ARN, at: '2026-01-10T08:00:00Z', ...creator } },
    ...parts,
  });
const meant = (...admins: string[]) => ({ access: { admins, breakGlass: [], accounts: [] } });
const SSO = 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef';

ruleCases(rule, [
  {
    when: 'a role created it',
    estate: by(),
    is: 'fail',
    severity: 'medium',
    says: /role\/team created shop/,
  },
  {
    when: 'a person of single sign-on created it',
    estate: by(
      { arn: `arn:aws:iam::111122223333:role/${SSO}`, session: 'ann@example.com' },
      { roles: [named(SSO)] },
    ),
    is: 'fail',
    severity: 'high',
    says: /session ann@example\.com/,
  },
  {
    when: 'a user created it',
    estate: withRoles('[]', {
      cluster: { creator: { arn: 'arn:aws:iam::111122223333:user/bob', at: '2026-01-10T08:00:00Z' } },
      users: [{ arn: 'arn:aws:iam::111122223333:user/bob' }],
    }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'the role that created it was deleted',
    estate: by({}, { roles: [] }),
    is: 'fail',
    severity: 'high',
    says: /does not exist any more/,
  },
  {
    when: 'the role that created it was made again',
    estate: by({ id: 'AROAEXAMPLEBEFORE' }, { roles: [teamRole()] }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'the role of this name is younger than the cluster',
    estate: by({}, { roles: [teamRole({ created: '2026-03-01T00:00:00Z' })] }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'nobody knows who created it',
    estate: unreadList(by(), 'creator'),
    is: 'unknown',
    says: /who created/,
  },
  { when: 'the mode was not read', estate: unreadList(by(), 'authenticationMode'), is: 'unknown' },
  { when: 'the creator is a configured administrator', estate: by(), config: meant(TEAM_ARN), is: 'pass' },
  {
    when: 'the configuration names roles by a pattern',
    estate: by(),
    config: meant('arn:aws:iam::*:role/te?m'),
    is: 'pass',
  },
  {
    when: 'the creator was not made administrator',
    estate: withRoles('[]', { cluster: { creatorAdmin: false } }),
    is: 'pass',
  },
  { when: 'the creator has an entry like anyone', estate: withEntries([]), is: 'not applicable' },
]);

it('says that nobody may be left when the creator is gone and aws-auth has no administrator', () => {
  expect(onlyFailure(rule, by({}, { roles: [] })).consequences).toHaveLength(1);
  const beside = (...roles: ReturnType<typeof named>[]) =>
    withRoles(row('arn:aws:iam::111122223333:role/ops', 'system:masters'), {
      cluster: { creator: { arn: TEAM_ARN, at: '2026-01-10T08:00:00Z' } },
      roles,
    });
  expect(onlyFailure(rule, beside(named('ops'))).consequences).toEqual([]);
  // A row for a role that is gone, too, is nobody.
  expect(onlyFailure(rule, beside()).consequences).toHaveLength(1);
});
