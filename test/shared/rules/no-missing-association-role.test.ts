import {
  association,
  cluster,
  estateOf,
  podIdentityStatement,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-missing-association-role.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting, without } from '../../support/rule-estates.ts';

const bound = (changes = {}) => ({
  clusters: [cluster({ podIdentityAssociations: [association(changes)] })],
});
const { podIdentityAssociations: _, ...unread } = cluster();

ruleCases(rule, [
  {
    when: 'the role does not exist',
    estate: estateOf(bound()),
    is: 'fail',
    severity: 'high',
    says: /does not exist/,
  },
  {
    when: 'the role is of another account',
    estate: estateOf(bound({ roleArn: 'arn:aws:iam::444455556666:role/checkout' })),
    is: 'fail',
    says: /444455556666/,
  },
  {
    when: 'the target role does not exist',
    estate: trusting(
      [podIdentityStatement()],
      bound({ targetRoleArn: 'arn:aws:iam::111122223333:role/gone' }),
    ),
    is: 'fail',
  },
  {
    when: 'the role lets the association in',
    estate: trusting([podIdentityStatement()], bound()),
    is: 'pass',
  },
  { when: 'the roles were not read', estate: without('roles', estateOf(bound())), is: 'unknown' },
  { when: 'the associations were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  { when: 'no association', estate: trusting([podIdentityStatement()]), is: 'not applicable' },
]);
