import { expect, it } from 'vitest';
import {
  ISSUER,
  irsaStatement,
  PROVIDER,
  provider,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/use-sts-audience.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting } from '../../support/rule-estates.ts';

const VAULT = serviceAccount({
  annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN, 'eks.amazonaws.com/audience': 'vault' },
});
const anyAudience = irsaStatement({
  Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
});

ruleCases(rule, [
  {
    when: 'the provider accepts another audience',
    estate: trusting([irsaStatement()], { oidcProviders: [provider({ clientIds: ['kubernetes'] })] }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'the provider accepts none',
    estate: trusting([irsaStatement()], { oidcProviders: [provider({ clientIds: [] })] }),
    is: 'fail',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'the provider accepts others too',
    estate: trusting([irsaStatement()], {
      oidcProviders: [provider({ clientIds: ['vault', 'sts.amazonaws.com'] })],
    }),
    is: 'pass',
  },
  {
    when: 'the audiences were not read',
    estate: trusting([irsaStatement()], { oidcProviders: [{ arn: PROVIDER }] }),
    is: 'unknown',
  },
  {
    when: 'a ServiceAccount asks for an audience that the provider does not accept',
    estate: trusting([irsaStatement()], { clusters: [clusterWith({ serviceAccounts: [VAULT] })] }),
    is: 'fail',
    says: /the tokens carry vault/,
    count: 1,
  },
  {
    when: 'provider, trust policy and every ServiceAccount agree on an audience of their own',
    estate: trusting([anyAudience], {
      clusters: [clusterWith({ serviceAccounts: [VAULT] })],
      oidcProviders: [provider({ clientIds: ['vault'] })],
    }),
    is: 'pass',
  },
  {
    when: 'the ServiceAccount of a role that trusts another cluster asks for what the provider does not accept',
    estate: trusting([EC2], {
      clusters: [clusterWith()],
      oidcProviders: [provider({ clientIds: ['vault'] })],
    }),
    is: 'fail',
    says: /the tokens carry sts.amazonaws.com/,
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
]);

it("adds no audience of one's own by itself: tokens for it are handed to others", () => {
  const estate = trusting([irsaStatement()], { clusters: [clusterWith({ serviceAccounts: [VAULT] })] });
  const { repair, consequences, identity } = onlyFailure(rule, estate);
  expect(repair?.text).toMatch(/remove it where they are meant for STS/);
  expect(repair?.text).not.toContain('aws iam');
  expect(consequences).toContain('no-untrusted-service-account');
  expect(identity).toEqual([ISSUER, 'vault']);
});
