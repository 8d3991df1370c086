import {
  cluster,
  irsaStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-iam-oidc-provider.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const none = { oidcProviders: [] };

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
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
]);
