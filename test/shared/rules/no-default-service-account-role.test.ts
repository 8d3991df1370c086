import { association, cluster, estateOf, ROLE_ARN, role } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-default-service-account-role.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA } from '../../support/rule-estates.ts';

const DEFAULT = serviceAccount({ name: 'default' });
const annotated = (permissions = {}, more: Parameters<typeof clusterWith>[1] = {}) =>
  estateOf({ clusters: [clusterWith({ serviceAccounts: [DEFAULT] }, more)], roles: [role(permissions)] });
const associated = (changes: Partial<ReturnType<typeof association>>) =>
  estateOf({
    clusters: [
      clusterWith({ serviceAccounts: [] }, { podIdentityAssociations: [{ ...association(), ...changes }] }),
    ],
    roles: [role(DATA)],
  });

ruleCases(rule, [
  { when: 'annotated, and the role reaches data', estate: annotated(DATA), is: 'fail', severity: 'high' },
  {
    when: 'annotated, and the role is administrator',
    estate: annotated(ADMIN),
    is: 'fail',
    severity: 'critical',
  },
  { when: 'annotated, and the role has no permissions', estate: annotated(), is: 'fail', severity: 'low' },
  { when: 'associated', estate: associated({ serviceAccount: 'default' }), is: 'fail', severity: 'high' },
  {
    when: 'both: the association is the one that counts',
    estate: annotated(DATA, { podIdentityAssociations: [association({ serviceAccount: 'default' })] }),
    is: 'fail',
    says: /by association/,
    count: 1,
  },
  {
    when: 'associated, and only the list of associations was read',
    estate: associated({ serviceAccount: 'default', roleArn: undefined }),
    is: 'fail',
    severity: 'high',
  },
  { when: 'a ServiceAccount of its own', estate: associated({}), is: 'pass' },
  {
    when: 'the role of the annotation does not exist',
    estate: estateOf({ clusters: [clusterWith({ serviceAccounts: [DEFAULT] })] }),
    is: 'pass',
  },
  {
    when: 'nothing is bound, and every namespace has a default',
    estate: estateOf({
      clusters: [clusterWith({ serviceAccounts: [{ namespace: 'shop', name: 'default' }] })],
    }),
    is: 'not applicable',
  },
  {
    when: 'an empty annotation',
    estate: estateOf({
      clusters: [
        clusterWith({ serviceAccounts: [{ ...DEFAULT, annotations: { 'eks.amazonaws.com/role-arn': '' } }] }),
      ],
      roles: [role({ arn: ROLE_ARN })],
    }),
    is: 'not applicable',
  },
  { when: 'Kubernetes was not read', estate: estateOf({ clusters: [cluster()] }), is: 'unknown' },
]);
