import { ABROAD, ACCOUNT, irsaStatement, PROVIDER } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-unknown-provider.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, GITHUB, trusting, without } from '../../support/rule-estates.ts';

const naming = (arn: string) => irsaStatement({ Principal: { Federated: arn }, Condition: {} });

ruleCases(rule, [
  {
    when: 'a provider that was never created',
    estate: trusting([naming(`arn:aws:iam::${ACCOUNT}:oidc-provider/${ABROAD}`)]),
    is: 'fail',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'the providers were not read',
    estate: without('oidcProviders', trusting([irsaStatement()])),
    is: 'unknown',
  },
  { when: 'the provider of GitHub is none of its business', estate: trusting([GITHUB]), is: 'pass' },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  {
    when: 'an Allow whose provider exists and a Deny that names another',
    estate: trusting([
      irsaStatement(),
      irsaStatement({ Effect: 'Deny', Principal: { Federated: PROVIDER.replace('EXAMPLE', 'X') } }),
    ]),
    is: 'pass',
  },
]);
