import {
  association,
  cluster,
  irsaStatement,
  podIdentityStatement,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-undeclared-binding.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const declare = (serviceAccount: string, cluster = 'shop') => ({
  bindings: [{ cluster, namespace: 'shop', serviceAccount, role: ROLE_ARN }],
});
const bound = { clusters: [cluster({ podIdentityAssociations: [association()] })] };

ruleCases(rule, [
  {
    when: 'the trust policy lets in someone who is not declared',
    estate: trusting([irsaStatement()]),
    is: 'fail',
    config: declare('cart'),
    severity: 'info',
  },
  {
    when: 'an association does',
    estate: trusting([podIdentityStatement()], bound),
    is: 'fail',
    config: { bindings: [] },
  },
  {
    when: 'everyone is declared',
    estate: trusting([irsaStatement()]),
    is: 'pass',
    config: declare('checkout'),
  },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown', config: { bindings: [] } },
  {
    when: 'there is no list of declared bindings',
    estate: trusting([irsaStatement()]),
    is: 'not applicable',
  },
  { when: 'nobody gets in', estate: trusting([EC2]), is: 'not applicable', config: { bindings: [] } },
]);
