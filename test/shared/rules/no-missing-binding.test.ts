import {
  association,
  CLUSTER_ARN,
  cluster,
  estateOf,
  ISSUER,
  irsaStatement,
  podIdentityStatement,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-missing-binding.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting, without } from '../../support/rule-estates.ts';

const declare = (serviceAccount: string, cluster = 'shop') => ({
  bindings: [{ cluster, namespace: 'shop', serviceAccount, role: ROLE_ARN }],
});
const bound = (changes = {}) => ({
  clusters: [cluster({ podIdentityAssociations: [association(changes)] })],
});
const tagged = {
  bindings: [
    { clusterTag: { key: 'team', value: 'shop' }, namespace: 'shop', serviceAccount: 'cart', role: ROLE_ARN },
  ],
};
const { podIdentityAssociations: _, ...unread } = cluster();

ruleCases(rule, [
  {
    when: 'the trust policy names another ServiceAccount',
    estate: trusting([irsaStatement()]),
    is: 'fail',
    config: declare('cart'),
    severity: 'high',
  },
  {
    when: 'the provider is missing',
    estate: trusting([irsaStatement()], { oidcProviders: [] }),
    is: 'fail',
    config: declare('checkout'),
  },
  {
    when: 'every cluster with a tag, and one lacks it',
    estate: trusting([irsaStatement()], { clusters: [cluster({ tags: { team: 'shop' } })] }),
    is: 'fail',
    config: tagged,
  },
  {
    when: 'an association is broken',
    estate: trusting([podIdentityStatement({ Action: 'sts:AssumeRole' })], bound()),
    is: 'fail',
    config: declare('checkout'),
  },
  {
    when: 'the association names another role',
    estate: trusting(
      [irsaStatement({ Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:a:b' } } })],
      bound({ roleArn: 'arn:aws:iam::111122223333:role/other' }),
    ),
    is: 'fail',
    config: declare('checkout'),
  },
  { when: 'the role does not exist', estate: estateOf(), is: 'fail', config: declare('checkout') },
  {
    when: 'the trust policy lets it in',
    estate: trusting([irsaStatement()]),
    is: 'pass',
    config: declare('checkout', CLUSTER_ARN),
  },
  {
    when: 'an association lets it in',
    estate: trusting([podIdentityStatement()], bound()),
    is: 'pass',
    config: declare('checkout'),
  },
  {
    when: 'the associations were not read',
    estate: trusting([irsaStatement()], { clusters: [unread] }),
    is: 'unknown',
    config: declare('cart'),
  },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown', config: declare('checkout') },
  { when: 'nothing is declared', estate: trusting([irsaStatement()]), is: 'not applicable' },
  {
    when: 'another cluster is meant',
    estate: trusting([irsaStatement()]),
    is: 'not applicable',
    config: declare('cart', 'other'),
  },
]);
