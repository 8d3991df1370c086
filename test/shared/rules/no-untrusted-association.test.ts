import {
  association,
  cluster,
  estateOf,
  ISSUER,
  podIdentityStatement,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-untrusted-association.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { LAMBDA, trusting } from '../../support/rule-estates.ts';

const bound = (changes = {}) => ({
  clusters: [cluster({ podIdentityAssociations: [association(changes)] })],
});
const { podIdentityAssociations: _, ...unread } = cluster();

ruleCases(rule, [
  {
    when: 'sts:TagSession is missing',
    estate: trusting([podIdentityStatement({ Action: 'sts:AssumeRole' })], bound()),
    is: 'fail',
    severity: 'high',
    says: /TagSession/,
  },
  {
    when: 'another namespace is trusted',
    estate: trusting([podIdentityStatement()], bound({ namespace: 'other' })),
    is: 'fail',
  },
  { when: 'the role trusts a service of another kind', estate: trusting([LAMBDA], bound()), is: 'fail' },
  {
    when: 'the cluster of another region is trusted',
    estate: trusting(
      [
        podIdentityStatement({
          Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:eks:eu-central-1:111122223333:cluster/shop' } },
        }),
      ],
      bound(),
    ),
    is: 'fail',
  },
  {
    when: 'the fault is one of the trust policy, named by its own rule',
    estate: trusting(
      [
        podIdentityStatement({
          Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
        }),
      ],
      bound(),
    ),
    is: 'pass',
  },
  {
    when: 'the role lets the association in',
    estate: trusting([podIdentityStatement()], bound()),
    is: 'pass',
  },
  {
    when: 'a condition depends on the request',
    estate: trusting(
      [
        podIdentityStatement({
          Condition: { StringEquals: { 'aws:RequestTag/kubernetes-pod-name': 'checkout-0' } },
        }),
      ],
      bound(),
    ),
    is: 'unknown',
  },
  { when: 'the associations were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  { when: 'no association', estate: trusting([podIdentityStatement()]), is: 'not applicable' },
]);
