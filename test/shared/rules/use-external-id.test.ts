import {
  association,
  cluster,
  estateOf,
  type Json,
  podIdentityStatement,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-external-id.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, ANY_POD, trusting } from '../../support/rule-estates.ts';

const OTHER = '444455556666';
const TARGET = `arn:aws:iam::${OTHER}:role/orders`;
const { podIdentityAssociations: _, ...unread } = cluster();
const trusts = (principal: string, condition: Record<string, Record<string, string>> = {}): Json => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  Condition: condition,
});
const hop = (trust: Json | null, changes = {}, accountRead = true) =>
  trusting([podIdentityStatement()], {
    clusters: [cluster({ podIdentityAssociations: [association({ targetRoleArn: TARGET })] })],
    otherAccounts: accountRead
      ? [
          {
            id: OTHER,
            partition: 'aws',
            roles: trust === null ? [] : [role({ arn: TARGET, trustPolicy: trustPolicy(trust), ...changes })],
            policies: [],
            oidcProviders: [],
            regions: [],
          },
        ]
      : [],
  });
const ROOT = 'arn:aws:iam::111122223333:root';

ruleCases(rule, [
  { when: 'the whole account of the cluster', estate: hop(trusts(ROOT)), is: 'fail', severity: 'low' },
  {
    when: 'the whole account, by its number, for an administrator',
    estate: hop(trusts('111122223333'), ADMIN),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'an external id is asked for',
    estate: hop(trusts(ROOT, { StringEquals: { 'sts:ExternalId': 'shop' } })),
    is: 'pass',
  },
  {
    when: 'the principal is asked for',
    estate: hop(
      trusts(ROOT, { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/checkout' } }),
    ),
    is: 'pass',
  },
  {
    when: 'the first role alone',
    estate: hop(trusts('arn:aws:iam::111122223333:role/checkout')),
    is: 'pass',
  },
  { when: 'its own account', estate: hop(trusts(`arn:aws:iam::${OTHER}:root`)), is: 'pass' },
  { when: 'the account of the target was not read', estate: hop(null, {}, false), is: 'unknown' },
  { when: 'the associations were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
  { when: 'no target role', estate: trusting([ANY_POD, trusts('444455556666')]), is: 'not applicable' },
]);
