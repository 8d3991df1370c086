import { cluster, irsaStatement, staleStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-stale-issuer.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting } from '../../support/rule-estates.ts';

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
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
]);
