import {
  association,
  cluster,
  estateOf,
  type Json,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-broken-target-role.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { inline, trusting } from '../../support/rule-estates.ts';

const TARGET = 'arn:aws:iam::111122223333:role/orders';
const { podIdentityAssociations: _, ...unread } = cluster();
const trustOf = (changes: Record<string, Json> = {}): Json => ({
  Effect: 'Allow',
  Principal: { AWS: ROLE_ARN },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  ...changes,
});
const hop = (trust: Json, changes = {}, first = {}) =>
  trusting([podIdentityStatement()], {
    clusters: [cluster({ podIdentityAssociations: [association({ targetRoleArn: TARGET, ...changes })] })],
    roles: [role({ arn: TARGET, trustPolicy: trustPolicy(trust) })],
    role: first,
  });
const externalId = { Condition: { StringEquals: { 'sts:ExternalId': 'shop' } } };
const root = { Principal: { AWS: 'arn:aws:iam::111122223333:root' } };

ruleCases(rule, [
  {
    when: 'the target asks for another external id',
    estate: hop(trustOf(externalId), { externalId: 'other' }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'the target trusts another role',
    estate: hop(trustOf({ Principal: { AWS: `${ROLE_ARN}-2` } })),
    is: 'fail',
  },
  {
    when: 'sts:TagSession is missing while session tags are on',
    estate: hop(trustOf({ Action: 'sts:AssumeRole' })),
    is: 'fail',
    says: /TagSession/,
  },
  {
    when: 'the target trusts the account, and the first role may not ask',
    estate: hop(trustOf(root)),
    is: 'fail',
  },
  { when: 'the target names the first role', estate: hop(trustOf()), is: 'pass' },
  { when: 'the external id is right', estate: hop(trustOf(externalId), { externalId: 'shop' }), is: 'pass' },
  {
    when: 'sts:TagSession is missing and session tags are off',
    estate: hop(trustOf({ Action: 'sts:AssumeRole' }), { disableSessionTags: true }),
    is: 'pass',
  },
  {
    when: 'the target trusts the account, and the first role may ask',
    estate: hop(trustOf(root), {}, { inlinePolicies: [inline('sts:*', TARGET)] }),
    is: 'pass',
  },
  {
    when: 'a policy of the first role was not read',
    estate: hop(trustOf(root), {}, { attachedPolicies: ['arn:aws:iam::111122223333:policy/unread'] }),
    is: 'unknown',
  },
  { when: 'the associations were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  {
    when: 'no target role',
    estate: trusting([podIdentityStatement()], {
      clusters: [cluster({ podIdentityAssociations: [association()] })],
    }),
    is: 'not applicable',
  },
]);
