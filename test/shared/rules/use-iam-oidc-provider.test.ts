import { expect, it } from 'vitest';
import {
  ACCOUNT,
  association,
  cluster,
  irsaStatement,
  PROVIDER,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/use-iam-oidc-provider.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const none = { oidcProviders: [] };
const ADDON = {
  name: 'adot',
  status: 'ACTIVE',
  serviceAccountRoleArn: 'arn:aws:iam::111122223333:role/gone',
};
const abroad = serviceAccount({
  annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::444455556666:role/checkout' },
});

ruleCases(rule, [
  {
    when: 'the cluster exists and its provider does not',
    estate: trusting([irsaStatement()], none),
    is: 'fail',
    severity: 'high',
    says: /no IAM OIDC provider/,
  },
  {
    when: 'three roles rely on it: one finding',
    estate: trusting([irsaStatement()], {
      ...none,
      roles: [1, 2].map((n) => role({ arn: `${ROLE_ARN}-${n}`, trustPolicy: trustPolicy(irsaStatement()) })),
    }),
    is: 'fail',
    count: 1,
    says: /3 roles rely on it/,
  },
  {
    when: 'the cluster is still being created',
    estate: trusting([irsaStatement()], { ...none, clusters: [cluster({ status: 'CREATING' })] }),
    is: 'pass',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'the providers were not read',
    estate: without('oidcProviders', trusting([irsaStatement()])),
    is: 'unknown',
  },
  {
    when: 'a ServiceAccount is annotated with a role that trusts another cluster: the provider is missing first',
    estate: trusting([EC2], { ...none, clusters: [clusterWith()] }),
    is: 'fail',
    says: /^Cluster shop has the issuer/,
  },
  {
    when: 'a role and a ServiceAccount rely on it: one finding',
    estate: trusting([irsaStatement()], { ...none, clusters: [clusterWith()] }),
    is: 'fail',
    count: 1,
    says: /1 role relies on it/,
  },
  {
    when: 'an add-on relies on it whose role was deleted',
    estate: trusting([EC2], { ...none, clusters: [cluster({ addons: [ADDON] })] }),
    is: 'fail',
  },
  {
    when: 'an add-on relies on it, and roles were not read: the provider is missing all the same',
    estate: without('roles', trusting([EC2], { ...none, clusters: [cluster({ addons: [ADDON] })] })),
    is: 'fail',
  },
  {
    when: 'an add-on with an association needs none',
    estate: trusting([EC2], {
      ...none,
      clusters: [cluster({ addons: [{ ...ADDON, podIdentityAssociations: ['a'] }] })],
    }),
    is: 'not applicable',
  },
  {
    when: 'an add-on relies on a provider that was not read',
    estate: without('oidcProviders', trusting([EC2], { clusters: [cluster({ addons: [ADDON] })] })),
    is: 'unknown',
  },
  {
    when: 'an association comes before the annotation',
    estate: trusting([EC2], {
      ...none,
      clusters: [clusterWith({}, { podIdentityAssociations: [association()] })],
    }),
    is: 'not applicable',
  },
  {
    when: "the role is in another account, which has the cluster's provider",
    estate: trusting([EC2], {
      ...none,
      clusters: [clusterWith({ serviceAccounts: [abroad] })],
      otherAccounts: [
        {
          id: '444455556666',
          partition: 'aws',
          roles: [role({ arn: 'arn:aws:iam::444455556666:role/checkout' })],
          oidcProviders: [
            { arn: PROVIDER.replace(ACCOUNT, '444455556666'), clientIds: ['sts.amazonaws.com'] },
          ],
        },
      ],
    }),
    is: 'pass',
  },
  {
    when: 'the account of the annotation has neither the role nor the provider: the annotation is the mistake',
    estate: trusting([EC2], {
      clusters: [clusterWith({ serviceAccounts: [abroad] })],
      otherAccounts: [{ id: '444455556666', partition: 'aws', roles: [], oidcProviders: [] }],
    }),
    is: 'not applicable',
  },
  {
    when: 'the account of the annotation has the role and not the provider',
    estate: trusting([EC2], {
      clusters: [clusterWith({ serviceAccounts: [abroad] })],
      otherAccounts: [
        {
          id: '444455556666',
          partition: 'aws',
          roles: [role({ arn: 'arn:aws:iam::444455556666:role/checkout' })],
          oidcProviders: [],
        },
      ],
    }),
    is: 'fail',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
]);

it('names add-ons and ServiceAccounts that go without', () => {
  const estate = trusting([EC2], { ...none, clusters: [clusterWith({}, { addons: [ADDON] })] });
  const { consequences, where, repair } = onlyFailure(rule, estate);
  expect(consequences).toEqual([
    'Add-on adot of shop does not get its role.',
    'shop/checkout of shop does not get its role.',
    'no-untrusted-service-account',
  ]);
  expect(where).toEqual({ account: ACCOUNT, region: 'eu-west-1', cluster: 'shop' });
  expect(repair?.text).toContain('aws iam create-open-id-connect-provider');
});
