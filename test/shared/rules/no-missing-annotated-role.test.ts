import { association, estateOf, role } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, kubernetes, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-missing-annotated-role.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const annotatedWith = (arn: string) => serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': arn } });
const ELSEWHERE = 'arn:aws:iam::444455556666:role/checkout';
const inCluster = (...serviceAccounts: ReturnType<typeof serviceAccount>[]) =>
  clusterWith({ serviceAccounts });

ruleCases(rule, [
  { when: 'the role exists', estate: estateOf({ clusters: [clusterWith()], roles: [role()] }), is: 'pass' },
  {
    when: 'the role does not, and pods run',
    estate: estateOf({ clusters: [clusterWith()] }),
    is: 'fail',
    severity: 'high',
    says: /does not exist.*2 pods run as it/,
  },
  {
    when: 'the role does not, and no pod runs',
    estate: estateOf({ clusters: [clusterWith({ pods: [] })] }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'a role of almost the name exists',
    estate: estateOf({
      clusters: [clusterWith()],
      roles: [role({ arn: 'arn:aws:iam::111122223333:role/app/checkout' })],
    }),
    is: 'fail',
    says: /There is arn:aws:iam::111122223333:role\/app\/checkout/,
  },
  {
    when: 'the role is in an account that was not read',
    estate: estateOf({ clusters: [inCluster(annotatedWith(ELSEWHERE))] }),
    is: 'unknown',
    says: /444455556666/,
  },
  {
    when: 'roles were not read',
    estate: without('roles', estateOf({ clusters: [clusterWith()] })),
    is: 'unknown',
  },
  {
    when: 'the ServiceAccounts were not read',
    estate: estateOf({ clusters: [{ ...clusterWith(), kubernetes: {} }] }),
    is: 'unknown',
  },
  {
    when: 'whether an association comes first was not read',
    estate: estateOf({ clusters: [{ ...clusterWith(), podIdentityAssociations: undefined }] }),
    is: 'unknown',
  },
  {
    when: 'an association comes before the annotation',
    estate: estateOf({ clusters: [clusterWith({}, { podIdentityAssociations: [association()] })] }),
    is: 'not applicable',
  },
  {
    when: 'the annotation is empty, as charts write it where no role is set',
    estate: estateOf({ clusters: [inCluster(annotatedWith(''))] }),
    is: 'not applicable',
  },
  {
    when: 'the cluster is being deleted',
    estate: estateOf({ clusters: [clusterWith(kubernetes(), { status: 'DELETING' })] }),
    is: 'not applicable',
  },
]);
