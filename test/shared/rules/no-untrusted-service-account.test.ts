import { expect, it } from 'vitest';
import {
  ACCOUNT,
  association,
  ELSEWHERE,
  estateOf,
  ISSUER,
  irsaStatement,
  type Json,
  podIdentityStatement,
  provider,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import { clusterWith, serviceAccount } from '../../../shared/rules/examples/kubernetes.ts';
import { rules } from '../../../shared/rules/index.ts';
import rule from '../../../shared/rules/no-untrusted-service-account.ts';
import { judgeBy, onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { ANY_POD, trusting, without } from '../../support/rule-estates.ts';

const asking = (condition: Json): Json => irsaStatement({ Condition: condition });
const forSubject = (subject: string, operator = 'StringEquals', audience = 'sts.amazonaws.com'): Json =>
  asking({
    StringEquals: { [`${ISSUER}:aud`]: audience },
    ...(operator === 'StringEquals'
      ? { StringEquals: { [`${ISSUER}:aud`]: audience, [`${ISSUER}:sub`]: subject } }
      : { [operator]: { [`${ISSUER}:sub`]: subject } }),
  });
const CART = forSubject('system:serviceaccount:shop:cart');
const annotated = (annotations: Record<string, string>) => [
  serviceAccount({ annotations: { 'eks.amazonaws.com/role-arn': ROLE_ARN, ...annotations } }),
];
const withCluster = (statement: Json, parts: Parameters<typeof clusterWith>[0] = {}) =>
  trusting([statement], { clusters: [clusterWith(parts)] });

ruleCases(rule, [
  { when: 'the role trusts it', estate: withCluster(irsaStatement()), is: 'pass' },
  {
    when: 'a pattern lets it in',
    estate: withCluster(forSubject('system:serviceaccount:shop:*', 'StringLike')),
    is: 'pass',
  },
  {
    when: 'the role trusts another',
    estate: withCluster(CART),
    is: 'fail',
    severity: 'high',
    says: /shop\/checkout cannot assume/,
  },
  { when: 'nobody runs as it', estate: withCluster(CART, { pods: [] }), is: 'fail', severity: 'medium' },
  {
    when: 'the name in the trust policy has a typing mistake',
    estate: withCluster(forSubject('system:serviceaccount:shop:chekout')),
    is: 'fail',
    says: /chekout/,
  },
  {
    when: 'its tokens are for an audience that the trust policy does not ask for',
    estate: trusting([irsaStatement()], {
      clusters: [clusterWith({ serviceAccounts: annotated({ 'eks.amazonaws.com/audience': 'vault' }) })],
      oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })],
    }),
    is: 'fail',
    says: /vault/,
  },
  {
    when: 'annotation, provider and trust policy agree on an audience of their own',
    estate: trusting([forSubject('system:serviceaccount:shop:checkout', 'StringEquals', 'vault')], {
      clusters: [clusterWith({ serviceAccounts: annotated({ 'eks.amazonaws.com/audience': 'vault' }) })],
      oidcProviders: [provider({ clientIds: ['vault'] })],
    }),
    is: 'pass',
  },
  {
    when: 'the role trusts Pod Identity in general, and there is no association',
    estate: withCluster(ANY_POD),
    is: 'fail',
    says: /No association/,
  },
  {
    when: 'the role names it for Pod Identity: use-pod-identity-association says so',
    estate: withCluster(podIdentityStatement()),
    is: 'pass',
  },
  {
    when: 'a Deny takes all that the statement gives: no-unsatisfiable-trust says so',
    estate: trusting(
      [
        irsaStatement(),
        {
          ...(irsaStatement() as Record<string, Json>),
          Effect: 'Deny',
          Condition: { StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:check*' } },
        },
        CART,
      ],
      { clusters: [clusterWith()] },
    ),
    is: 'pass',
  },
  {
    when: 'an association comes first',
    estate: trusting([CART], { clusters: [clusterWith({}, { podIdentityAssociations: [association()] })] }),
    is: 'not applicable',
  },
  { when: 'roles were not read', estate: without('roles', withCluster(CART)), is: 'unknown' },
  {
    when: 'providers were not read',
    estate: without('oidcProviders', withCluster(irsaStatement())),
    is: 'unknown',
  },
  {
    when: 'the trust policy asks for a source address',
    estate: withCluster(
      asking({
        StringEquals: {
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
          [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout',
        },
        IpAddress: { 'aws:SourceIp': '198.51.100.0/24' },
      }),
    ),
    is: 'unknown',
  },
  {
    when: 'associations were not read',
    estate: trusting([CART], { clusters: [{ ...clusterWith(), podIdentityAssociations: undefined }] }),
    is: 'unknown',
  },
  { when: 'Kubernetes was not read', estate: trusting([CART]), is: 'unknown' },
  { when: 'nothing is annotated', estate: withCluster(CART, { serviceAccounts: [] }), is: 'not applicable' },
]);

const OLD = {
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ELSEWHERE}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${ELSEWHERE}:sub`]: 'system:serviceaccount:shop:checkout' } },
};

it.each([
  ['a literal wildcard', forSubject('system:serviceaccount:shop:*'), 'no-literal-wildcard'],
  ['a subject with a slash', forSubject('system:serviceaccount:shop/checkout'), 'no-malformed-subject'],
  ['the wrong action', irsaStatement({ Action: 'sts:AssumeRole' }), 'no-wrong-assume-action'],
  [
    'the key of another issuer',
    asking({ StringEquals: { [`${ELSEWHERE}:sub`]: 'system:serviceaccount:shop:checkout' } }),
    'no-mismatched-condition-key',
  ],
  ['the issuer of the former cluster', OLD, 'no-stale-issuer'],
])('%s is one finding, under the rule that names the root cause', (_, statement, cause) => {
  const estate = withCluster(statement);
  const broken = rules
    .filter(({ kind }) => kind !== 'blind' && kind !== 'open')
    .flatMap((one) => judgeBy(one, estate).failures.map((failure) => failure));
  expect(broken.map(({ rule: { name } }) => name)).toEqual([cause]);
  expect(broken[0]?.consequences).toContain('no-untrusted-service-account');
  expect(broken[0]?.where).toMatchObject({ namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN });
});

it('offers the trust policy that lets it in', () => {
  const { repair } = onlyFailure(rule, withCluster(CART));
  const repaired = estateOf({
    clusters: [clusterWith()],
    roles: [role({ trustPolicy: repair?.after ?? '' })],
  });
  expect(judgeBy(rule, repaired).failures).toEqual([]);
  expect(trustPolicy(CART)).not.toBe(repair?.after);
});
