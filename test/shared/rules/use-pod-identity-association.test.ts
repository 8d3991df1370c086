import {
  association,
  CLUSTER_ARN,
  cluster,
  irsaStatement,
  podIdentityStatement,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/use-pod-identity-association.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ANY_POD, EC2, trusting } from '../../support/rule-estates.ts';

const bound = (changes = {}) => ({
  clusters: [
    cluster({
      podIdentityAssociations: [association({ roleArn: 'arn:aws:iam::111122223333:role/other', ...changes })],
    }),
  ],
});
const { podIdentityAssociations: _, ...unread } = cluster();
const tags = {
  'kubernetes-namespace': 'shop',
  'kubernetes-service-account': 'checkout',
  'eks-cluster-arn': CLUSTER_ARN,
};

ruleCases(rule, [
  {
    when: 'the trust policy names a ServiceAccount without association',
    estate: trusting([podIdentityStatement()]),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'the association is in another namespace',
    estate: trusting([podIdentityStatement()], bound({ namespace: 'shops' })),
    is: 'fail',
    says: /near: shops\/checkout of shop/,
  },
  { when: 'the tags name it', estate: trusting([ANY_POD], { role: { tags } }), is: 'fail', says: /tags/ },
  {
    when: 'the cluster does not exist',
    estate: trusting([
      podIdentityStatement({
        Condition: {
          StringEquals: {
            'aws:RequestTag/eks-cluster-name': 'gone',
            'aws:RequestTag/kubernetes-namespace': 'shop',
            'aws:RequestTag/kubernetes-service-account': 'checkout',
          },
        },
      }),
    ]),
    is: 'fail',
    says: /does not exist/,
  },
  {
    when: 'the association exists, for another role',
    estate: trusting([podIdentityStatement()], bound()),
    is: 'pass',
  },
  {
    when: 'an association uses the role, for someone else',
    estate: trusting([podIdentityStatement()], {
      clusters: [cluster({ podIdentityAssociations: [association({ serviceAccount: 'cart' })] })],
    }),
    is: 'pass',
  },
  {
    when: 'the associations were not read',
    estate: trusting([podIdentityStatement()], { clusters: [unread] }),
    is: 'unknown',
  },
  {
    when: 'its ServiceAccount exists',
    estate: trusting([podIdentityStatement()], { clusters: [clusterWith()] }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'its ServiceAccount does not exist, or not yet',
    estate: trusting([podIdentityStatement()], { clusters: [clusterWith({ serviceAccounts: [] })] }),
    is: 'fail',
    severity: 'low',
    says: /does not exist and has no association/,
  },
  {
    when: 'the association of another ServiceAccount, which exists, is no near miss',
    estate: trusting([podIdentityStatement()], {
      clusters: [
        clusterWith(
          { serviceAccounts: [serviceAccount({ namespace: 'shops' }), serviceAccount()] },
          {
            podIdentityAssociations: [
              association({ namespace: 'shops', roleArn: 'arn:aws:iam::111122223333:role/x' }),
            ],
          },
        ),
      ],
    }),
    is: 'fail',
    says: /no association\.$/,
  },
  { when: 'nobody is named', estate: trusting([ANY_POD]), is: 'not applicable' },
  {
    when: 'IRSA lets the ServiceAccount in as well, as during a migration',
    estate: trusting([irsaStatement(), podIdentityStatement()]),
    is: 'not applicable',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
]);
