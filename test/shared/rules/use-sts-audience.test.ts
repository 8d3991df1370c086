import { irsaStatement, PROVIDER, provider } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-sts-audience.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting } from '../../support/rule-estates.ts';

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
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
]);
