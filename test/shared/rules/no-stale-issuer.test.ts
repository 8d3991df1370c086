import { cluster, irsaStatement, staleStatement } from '../../../shared/rules/examples/estate.ts';
import { clusterWith, kubernetes } from '../../../shared/rules/examples/kubernetes.ts';
import rule from '../../../shared/rules/no-stale-issuer.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting } from '../../support/rule-estates.ts';

const other = cluster({
  name: 'blue',
  arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/blue',
  issuer: 'https://oidc.eks.eu-west-1.amazonaws.com/id/00000000000000000000000000000000',
});
const tagged = { role: { tags: { 'alpha.eksctl.io/cluster-name': 'shop' } } };

ruleCases(rule, [
  {
    when: 'the cluster was created again under its name',
    estate: trusting([staleStatement()], tagged),
    is: 'fail',
    severity: 'medium',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'no cluster has the issuer, and not every account was read',
    estate: trusting([staleStatement()], {
      clusters: [cluster({ name: 'a' }), cluster({ name: 'b' })],
      complete: false,
    }),
    is: 'unknown',
  },
  {
    when: 'nothing but the annotation of its ServiceAccount tells which cluster is meant',
    estate: trusting([staleStatement()], { clusters: [clusterWith(), other] }),
    is: 'fail',
    says: /ServiceAccounts of cluster shop are annotated/,
  },
  {
    when: 'two clusters have ServiceAccounts that are annotated with it',
    estate: trusting([staleStatement()], {
      clusters: [clusterWith(), { ...other, kubernetes: kubernetes() }],
    }),
    is: 'pass',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
]);
