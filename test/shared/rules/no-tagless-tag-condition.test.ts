import {
  association,
  cluster,
  estateOf,
  podIdentityStatement,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-tagless-tag-condition.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting } from '../../support/rule-estates.ts';

const bound = (changes = {}) => ({
  clusters: [cluster({ podIdentityAssociations: [association(changes)] })],
});
const { podIdentityAssociations: _, ...unread } = cluster();
const reading = (condition: object) => ({
  inlinePolicies: [
    {
      name: 'own',
      document: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Condition: condition }],
      }),
    },
  ],
});
const plain = podIdentityStatement({ Condition: {} });
const denying = (Condition = {}) => podIdentityStatement({ Effect: 'Deny', Condition });

ruleCases(rule, [
  {
    when: 'tags are off and the trust policy asks for them',
    estate: trusting([podIdentityStatement()], bound({ disableSessionTags: true })),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'a session policy switches them off',
    estate: trusting([podIdentityStatement()], bound({ policy: '{}' })),
    is: 'fail',
  },
  {
    when: 'tags are off and a Deny spares only the right tag',
    estate: trusting(
      [plain, denying({ StringNotEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } })],
      bound({ disableSessionTags: true }),
    ),
    is: 'fail',
    says: /session tags off/,
  },
  {
    when: 'tags are off and a Deny refuses the association whatever its tags are',
    estate: trusting([plain, denying()], bound({ disableSessionTags: true })),
    is: 'pass',
  },
  {
    when: 'tags are off and the trust policy asks for the names of tags',
    estate: trusting(
      [
        podIdentityStatement({
          Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['kubernetes-namespace'] } },
        }),
      ],
      bound({ disableSessionTags: true }),
    ),
    is: 'fail',
  },
  {
    when: 'the permissions test them',
    estate: trusting([plain], {
      ...bound({ disableSessionTags: true }),
      role: reading({ StringEquals: { 'aws:PrincipalTag/kubernetes-namespace': 'shop' } }),
    }),
    is: 'fail',
    says: /own tests them/,
  },
  {
    when: 'tags are off and nothing asks for them',
    estate: trusting([plain], bound({ disableSessionTags: true })),
    is: 'pass',
  },
  { when: 'tags are on', estate: trusting([podIdentityStatement()], bound()), is: 'not applicable' },
  { when: 'the associations were not read', estate: estateOf({ clusters: [unread] }), is: 'unknown' },
]);
