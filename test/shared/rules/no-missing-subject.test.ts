import { expect, it } from 'vitest';
import {
  CLUSTER_ARN,
  ISSUER,
  irsaStatement,
  provider,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import {
  clusterWith,
  container,
  IRSA_VARIABLES,
  podGroup,
  serviceAccount,
} from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-missing-subject.ts';
import { judgeBy, onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, EC2, GITHUB, LIMITED, trusting, UNREAD, without } from '../../support/rule-estates.ts';

const audOnly = irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' } } });
const bare = irsaStatement({ Condition: {} });
const deny = (condition: Record<string, Record<string, string>>) =>
  irsaStatement({ Effect: 'Deny', Condition: condition });

ruleCases(rule, [
  { when: 'only the audience is asked for', estate: trusting([audOnly]), is: 'fail', severity: 'low' },
  { when: 'nothing is asked for', estate: trusting([bare]), is: 'fail' },
  {
    when: 'the role is administrator',
    estate: trusting([audOnly], { role: ADMIN }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'the role reaches data',
    estate: trusting([audOnly], { role: DATA }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'the role has limited permissions',
    estate: trusting([audOnly], { role: LIMITED }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'its permissions were not read, which counts as data',
    estate: trusting([audOnly], { role: UNREAD }),
    is: 'fail',
    severity: 'high',
    says: /not all read/,
  },
  {
    when: 'the open statement stands beside a sound one',
    estate: trusting([irsaStatement(), audOnly]),
    is: 'fail',
    count: 1,
  },
  {
    when: 'the provider does not exist yet and the cluster does: the repair would open it',
    estate: trusting([audOnly], { oidcProviders: [] }),
    is: 'fail',
  },
  { when: 'one ServiceAccount is named', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'the key is spelt in another case, which IAM does not mind',
    estate: trusting([
      irsaStatement({
        Condition: { StringEquals: { [`${ISSUER}:SUB`]: 'system:serviceaccount:shop:checkout' } },
      }),
    ]),
    is: 'pass',
  },
  {
    when: 'a Deny keeps everyone else out',
    estate: trusting([
      audOnly,
      deny({ StringNotEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } }),
    ]),
    is: 'pass',
  },
  {
    when: 'the statement allows an action that no web identity uses',
    estate: trusting([irsaStatement({ Action: 'sts:AssumeRole', Condition: {} })]),
    is: 'not applicable',
  },
  {
    when: 'the audience asked for is one that the provider refuses, so that nobody gets in',
    estate: trusting([irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:aud`]: 'vault' } } })]),
    is: 'pass',
  },
  { when: 'the role trusts EC2 and GitHub alone', estate: trusting([EC2, GITHUB]), is: 'not applicable' },
  {
    when: 'the provider is gone with its cluster',
    estate: trusting([audOnly], { oidcProviders: [], clusters: [] }),
    is: 'not applicable',
  },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);

it('offers exact subjects from the configuration and never a pattern', () => {
  const bindings = [{ cluster: CLUSTER_ARN, namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN }];
  const { repair } = onlyFailure(rule, trusting([audOnly]), { bindings });
  const [statement] = JSON.parse(repair?.after ?? '{}').Statement;
  expect(statement).toEqual(irsaStatement());
});

it('offers words alone where nobody declared who is meant', () => {
  expect(onlyFailure(rule, trusting([audOnly])).repair).not.toHaveProperty('after');
});

it('tells two clusters of one role apart', () => {
  const other = `${ISSUER.slice(0, -1)}F`;
  const estate = trusting(
    [
      audOnly,
      irsaStatement({ Principal: { Federated: provider().arn.replace(ISSUER, other) }, Condition: {} }),
    ],
    {
      oidcProviders: [provider(), provider({ arn: provider().arn.replace(ISSUER, other), url: other })],
    },
  );
  const { failures } = judgeBy(rule, estate);
  expect(new Set(failures.map(({ identity }) => identity[0])).size).toBe(2);
});

const OTHERS = [
  serviceAccount(),
  { namespace: 'shop', name: 'cart' },
  { namespace: 'shop', name: 'own' },
  { namespace: 'kube-system', name: 'default' },
];
const OWN = podGroup({
  serviceAccount: 'own',
  containers: [container(IRSA_VARIABLES)],
  tokens: [{ volume: 'own', audience: 'sts.amazonaws.com', path: 'token' }],
});

it('counts the ServiceAccounts that get in, and its repair names those that ask for the role', () => {
  const clusters = [clusterWith({ serviceAccounts: OTHERS, pods: [OWN] })];
  const { detail, evidence, repair } = onlyFailure(rule, trusting([audOnly], { clusters }));
  expect(detail).toMatch(/4 ServiceAccounts that exist are let in, and 2 of them ask for it\.$/);
  const subjects = ['system:serviceaccount:shop:checkout', 'system:serviceaccount:shop:own'];
  expect(evidence).toMatchObject({ admitted: 4, inUse: subjects });
  for (const subject of subjects) expect(repair?.after).toContain(subject);
  expect(repair?.after).not.toContain('cart');
  const repaired = trusting([audOnly], { clusters, role: { trustPolicy: repair?.after ?? '' } });
  expect(judgeBy(rule, repaired).failures).toEqual([]);
});

it('proposes no subject where nobody is seen to use the role', () => {
  const clusters = [clusterWith({ serviceAccounts: [{ namespace: 'shop', name: 'cart' }], pods: [] })];
  expect(onlyFailure(rule, trusting([audOnly], { clusters })).repair).not.toHaveProperty('after');
});
