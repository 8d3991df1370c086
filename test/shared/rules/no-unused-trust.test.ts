import {
  ABROAD,
  ACCOUNT,
  cluster,
  ELSEWHERE,
  ISSUER,
  irsaStatement,
  type Json,
  provider,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-unused-trust.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ANY_POD, EC2, GITHUB, trusting } from '../../support/rule-estates.ts';

const EMPTY = clusterWith({ serviceAccounts: [], pods: [] });
const like = (subject: string): Json =>
  irsaStatement({ Condition: { StringLike: { [`${ISSUER}:sub`]: subject } } });
const forIssuer = (issuer: string): Json => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${issuer}:sub`]: 'system:serviceaccount:shop:checkout' } },
});
const BLUE = {
  name: 'blue',
  arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/blue',
  issuer: `https://${ELSEWHERE}`,
};
const providerFor = (issuer: string) =>
  provider({ arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer}`, url: issuer });
const TWO = [provider(), providerFor(ELSEWHERE)];
const { annotations: _, ...BARE } = serviceAccount();

ruleCases(rule, [
  {
    when: 'its ServiceAccount exists',
    estate: trusting([irsaStatement()], { clusters: [clusterWith()] }),
    is: 'pass',
  },
  {
    when: 'it exists and is not annotated',
    estate: trusting([irsaStatement()], { clusters: [clusterWith({ serviceAccounts: [BARE] })] }),
    is: 'pass',
  },
  {
    when: 'its ServiceAccount does not exist',
    estate: trusting([irsaStatement()], { clusters: [EMPTY] }),
    is: 'fail',
    severity: 'low',
    says: /system:serviceaccount:shop:checkout of cluster shop, and no such/,
  },
  {
    when: 'one of another namespace exists',
    estate: trusting([irsaStatement()], {
      clusters: [clusterWith({ serviceAccounts: [{ ...BARE, namespace: 'shops' }] })],
    }),
    is: 'fail',
    says: /there is shops\/checkout/,
  },
  {
    when: 'a pattern takes some in',
    estate: trusting([like('system:serviceaccount:shop:*')], { clusters: [clusterWith()] }),
    is: 'pass',
  },
  {
    when: 'a pattern takes nobody in',
    estate: trusting([like('system:serviceaccount:web-*:*')], {
      clusters: [clusterWith({ serviceAccounts: [BARE] })],
    }),
    is: 'fail',
  },
  {
    when: 'system:serviceaccount:* takes all in',
    estate: trusting([like('system:serviceaccount:*')], { clusters: [clusterWith()] }),
    is: 'pass',
  },
  {
    when: 'no subject is asked for',
    estate: trusting([irsaStatement({ Condition: {} })], { clusters: [clusterWith()] }),
    is: 'pass',
  },
  {
    when: 'a second cluster has it',
    estate: trusting([irsaStatement(), forIssuer(ELSEWHERE)], {
      clusters: [EMPTY, clusterWith({}, BLUE)],
      oidcProviders: TWO,
    }),
    is: 'pass',
  },
  {
    when: 'a second cluster was not read',
    estate: trusting([irsaStatement(), forIssuer(ELSEWHERE)], {
      clusters: [EMPTY, cluster(BLUE)],
      oidcProviders: TWO,
    }),
    is: 'unknown',
  },
  {
    when: 'the second issuer belongs to no cluster that was read',
    estate: trusting([irsaStatement(), forIssuer(ABROAD)], {
      clusters: [EMPTY],
      oidcProviders: [provider(), providerFor(ABROAD)],
      complete: false,
    }),
    is: 'unknown',
  },
  {
    when: 'a ServiceAccount that it keeps out is annotated with it: no-untrusted-service-account says so',
    estate: trusting([irsaStatement()], {
      clusters: [
        clusterWith({
          serviceAccounts: [
            serviceAccount({ name: 'chekout', annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN } }),
          ],
        }),
      ],
    }),
    is: 'pass',
  },
  {
    when: 'its trust policy is at fault: another rule says so',
    estate: trusting([irsaStatement({ Action: 'sts:AssumeRole' })], { clusters: [EMPTY] }),
    is: 'not applicable',
  },
  {
    when: 'Pod Identity may use it too',
    estate: trusting([irsaStatement(), ANY_POD], { clusters: [EMPTY] }),
    is: 'not applicable',
  },
  {
    when: 'GitHub may use it too',
    estate: trusting([irsaStatement(), GITHUB], { clusters: [EMPTY] }),
    is: 'not applicable',
  },
  { when: 'a role of EC2', estate: trusting([EC2], { clusters: [EMPTY] }), is: 'not applicable' },
  { when: 'Kubernetes was not read', estate: trusting([irsaStatement()]), is: 'unknown' },
]);
