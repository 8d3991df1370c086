import { expect, it } from 'vitest';
import { TEAM_ARN } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-invalid-aws-auth.ts';
import { nodeRow, row, unreadList, withAwsAuth, withRoles } from '../../support/access-estates.ts';
import { judgeBy, onlyFailure, ruleCases } from '../../support/rule-cases.ts';

const good = row(TEAM_ARN, 'viewers');

ruleCases(rule, [
  {
    when: 'an indentation that ends the section',
    estate: withRoles(`${good} - rolearn: x\n`),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'a mapping where a list belongs',
    estate: withRoles(`rolearn: ${TEAM_ARN}\n`),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'a misspelt section',
    estate: withAwsAuth({ maproles: good }),
    is: 'fail',
    severity: 'high',
    says: /mapRoles/,
  },
  {
    when: 'a misspelt key',
    estate: withRoles(good.replace('rolearn', 'rolarn')),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'a session',
    estate: withRoles(row('arn:aws:sts::111122223333:assumed-role/team/ann', 'viewers')),
    is: 'fail',
    severity: 'medium',
  },
  { when: 'a wildcard', estate: withRoles(row('arn:aws:iam::111122223333:role/*', 'viewers')), is: 'fail' },
  {
    when: 'a name that a template should have replaced',
    estate: withRoles(row('$' + '{ROLE_ARN}', 'viewers')),
    is: 'fail',
  },
  { when: 'what EKS writes', estate: withRoles(nodeRow(TEAM_ARN)), is: 'pass' },
  {
    when: 'keys in another case, which Go reads',
    estate: withRoles(good.replace('rolearn', 'roleArn')),
    is: 'pass',
  },
  {
    when: 'an ARN in another case',
    estate: withRoles(row(TEAM_ARN.replace('team', 'TEAM'), 'viewers')),
    is: 'pass',
  },
  {
    when: 'sections in quotes that are empty',
    estate: withAwsAuth({ mapRoles: good, mapUsers: '""', mapAccounts: '[]' }),
    is: 'pass',
  },
  {
    when: 'a path, which is told as that',
    estate: withRoles(row('arn:aws:iam::111122223333:role/a/team', 'viewers')),
    is: 'pass',
  },
  {
    when: 'a key of its own beside the sections',
    estate: withAwsAuth({ mapRoles: good, 'managed-by': 'terraform' }),
    is: 'pass',
  },
  { when: 'aws-auth was not read', estate: unreadList(withRoles(good), 'kubernetes'), is: 'unknown' },
  {
    when: 'there is no aws-auth',
    estate: withRoles('[]', { cluster: { kubernetes: { awsAuth: null } } }),
    is: 'not applicable',
  },
  {
    when: 'the cluster does not look at aws-auth',
    estate: unreadList(withRoles('- x', { cluster: { authenticationMode: 'API' } }), 'kubernetes'),
    is: 'not applicable',
  },
]);

it('tells each slip once, wherever it stands', () => {
  const wrong = row('arn:aws:sts::111122223333:assumed-role/team/ann', 'viewers');
  const names = (text: string) => judgeBy(rule, withRoles(text)).failures.map(({ identity }) => identity);
  expect(names(good + wrong + wrong)).toEqual(names(wrong + good));
  expect(names(good + wrong + wrong)).toHaveLength(1);
  expect(onlyFailure(rule, withRoles(wrong)).repair?.text).toBe(
    'Write arn:aws:iam::111122223333:role/team in mapRoles, line 1.',
  );
});
