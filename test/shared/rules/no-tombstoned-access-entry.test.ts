import { expect, it } from 'vitest';
import { accessPolicy, entry, teamRole } from '../../../shared/rules/examples/access.ts';
import rule from '../../../shared/rules/no-tombstoned-access-entry.ts';
import { withEntries } from '../../support/access-estates.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const AFTER = '2026-03-01T00:00:00Z';
const again = (changes = {}) => withEntries([entry(changes)], { roles: [teamRole({ created: AFTER })] });
const USER = 'arn:aws:iam::111122223333:user/ann';
const { created: _, ...undated } = entry();
const { created: __, ...ageless } = teamRole();

ruleCases(rule, [
  {
    when: 'the role is younger than the entry',
    estate: again(),
    is: 'fail',
    severity: 'medium',
    says: /2026-02-01.*2026-03-01/,
  },
  {
    when: 'the role of nodes is younger',
    estate: again({ type: 'EC2_LINUX' }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'the user is younger than the entry',
    estate: withEntries([entry({ principalArn: USER })], { users: [{ arn: USER, created: AFTER }] }),
    is: 'fail',
  },
  { when: 'the role is older', estate: withEntries([entry()]), is: 'pass' },
  {
    when: 'both were made in the same second, as templates do',
    estate: withEntries([entry({ created: AFTER })], { roles: [teamRole({ created: AFTER })] }),
    is: 'pass',
  },
  {
    when: 'the times stand in different zones',
    estate: withEntries([entry({ created: '2026-03-01T00:30:00Z' })], {
      roles: [teamRole({ created: '2026-03-01T01:00:00+01:00' })],
    }),
    is: 'pass',
  },
  { when: 'the role does not exist at all', estate: withEntries([entry()], { roles: [] }), is: 'pass' },
  {
    when: 'the root user',
    estate: withEntries([entry({ principalArn: 'arn:aws:iam::111122223333:root' })]),
    is: 'pass',
  },
  { when: 'when the entry was made was not read', estate: withEntries([undated]), is: 'unknown' },
  {
    when: 'when the role was made was not read',
    estate: withEntries([entry()], { roles: [ageless] }),
    is: 'unknown',
  },
  { when: 'the roles were not read', estate: without('roles', withEntries([entry()])), is: 'unknown' },
  { when: 'no entries', estate: withEntries([]), is: 'not applicable' },
]);

it('is repaired by making the entry again, with its groups and policies', () => {
  const estate = again({ groups: ['viewers'], policies: [accessPolicy('AmazonEKSEditPolicy', 'dev')] });
  expect(onlyFailure(rule, estate).repair?.text).toMatch(
    /delete-access-entry .* && aws eks create-access-entry .* --kubernetes-groups 'viewers'.*AmazonEKSEditPolicy in dev/,
  );
});
