import { expect, it } from 'vitest';
import { entry, TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-role-path-in-aws-auth.ts';
import { named, row, withEntries, withRoles } from '../../support/access-estates.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const PATHED = 'arn:aws:iam::111122223333:role/eng/team';
const SSO = 'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef';
const roles = [named('eng/team')];

ruleCases(rule, [
  {
    when: 'a row with the path',
    estate: withRoles(row(PATHED, 'viewers'), { roles }),
    is: 'fail',
    severity: 'medium',
    says: /sessions of the role are .*role\/team/,
  },
  {
    when: 'a row of single sign-on with its path',
    estate: withRoles(row(`arn:aws:iam::111122223333:role/${SSO}`, 'viewers'), { roles: [named(SSO)] }),
    is: 'fail',
  },
  {
    when: 'an entry without the path',
    estate: withEntries([entry()], { roles }),
    is: 'fail',
    says: /the role of this name is .*eng\/team/,
  },
  {
    when: 'the roles were not read, and the path is there all the same',
    estate: without('roles', withRoles(row(PATHED, 'viewers'))),
    is: 'fail',
  },
  {
    when: 'a row without the path of the role',
    estate: withRoles(row(TEAM_ARN, 'viewers'), { roles }),
    is: 'pass',
  },
  {
    when: 'an entry with the path',
    estate: withEntries([entry({ principalArn: PATHED })], { roles }),
    is: 'pass',
  },
  {
    when: 'a second row lets the role in',
    estate: withRoles(row(PATHED, 'viewers') + row(TEAM_ARN, 'viewers'), { roles }),
    is: 'pass',
  },
  {
    when: 'an entry lets the role in',
    estate: withRoles(row(PATHED, 'viewers'), {
      roles,
      cluster: { authenticationMode: 'API_AND_CONFIG_MAP', accessEntries: [entry({ principalArn: PATHED })] },
    }),
    is: 'pass',
  },
  {
    when: 'the role does not exist at all: that is told',
    estate: withRoles(row(PATHED, 'viewers'), { roles: [] }),
    is: 'pass',
  },
  {
    when: 'a user with a path, as users are looked up',
    estate: withRoles(row('arn:aws:iam::111122223333:user/eng/ann', 'viewers'), {
      users: [{ arn: 'arn:aws:iam::111122223333:user/eng/ann' }],
    }),
    is: 'pass',
  },
  {
    when: 'an entry, and the roles were not read',
    estate: without('roles', withEntries([entry()])),
    is: 'unknown',
  },
  {
    when: 'the cluster does not look there',
    estate: withRoles(row(PATHED, 'viewers'), { roles, cluster: { authenticationMode: 'API' } }),
    is: 'not applicable',
  },
]);

it('is repaired by the line without the path, or the entry with it', () => {
  expect(onlyFailure(rule, withRoles(row(PATHED, 'viewers'), { roles })).repair?.text).toContain(
    `Write ${TEAM_ARN}`,
  );
  expect(onlyFailure(rule, withEntries([entry()], { roles })).repair?.text).toMatch(
    /create-access-entry .*eng\/team && aws eks delete-access-entry .*role\/team$/,
  );
});
