import { association, estateOf, ROLE_ARN } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-double-binding.ts';
import { ruleCases } from '../../support/rule-cases.ts';

const OTHER = 'arn:aws:iam::111122223333:role/other';
const ADDON = 'arn:aws:eks:eu-west-1:111122223333:addon/shop/adot/1';

const both = (
  changes: Partial<ReturnType<typeof association>>,
  more: Parameters<typeof clusterWith>[1] = {},
  annotation = ROLE_ARN,
) =>
  estateOf({
    clusters: [
      clusterWith(
        { serviceAccounts: [serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': annotation } })] },
        { podIdentityAssociations: [{ ...association(), ...changes }], ...more },
      ),
    ],
  });

ruleCases(rule, [
  {
    when: 'two roles',
    estate: both({ roleArn: OTHER }),
    is: 'fail',
    severity: 'medium',
    says: /other alone/,
  },
  { when: 'one role, as during a migration', estate: both({}), is: 'pass' },
  {
    when: 'the annotation names the role that pods end up with by the second hop',
    estate: both({ roleArn: OTHER, targetRoleArn: ROLE_ARN }),
    is: 'pass',
  },
  {
    when: 'the annotation names the first role of two hops',
    estate: both({ targetRoleArn: OTHER }),
    is: 'pass',
  },
  {
    when: 'an add-on with both has a finding of its own',
    estate: both(
      { roleArn: OTHER, ownerArn: ADDON },
      { addons: [{ name: 'adot', serviceAccountRoleArn: ROLE_ARN, podIdentityAssociations: [ADDON] }] },
    ),
    is: 'pass',
  },
  {
    when: "the annotation's slip of the pen names the same role",
    estate: both({}, {}, `${ROLE_ARN} `),
    is: 'pass',
  },
  { when: 'the annotation names nothing', estate: both({}, {}, 'checkout'), is: 'not applicable' },
  { when: 'only the list of associations was read', estate: both({ roleArn: undefined }), is: 'unknown' },
  {
    when: 'ServiceAccounts were not read',
    estate: estateOf({
      clusters: [{ ...clusterWith({}, { podIdentityAssociations: [association()] }), kubernetes: {} }],
    }),
    is: 'unknown',
  },
  { when: 'no association', estate: estateOf({ clusters: [clusterWith()] }), is: 'not applicable' },
]);
