import { ISSUER, irsaStatement, provider } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-wrong-audience.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting } from '../../support/rule-estates.ts';

const asking = (condition: Record<string, Record<string, string | string[]>>) =>
  irsaStatement({ Condition: condition });
const SUB = `${ISSUER}:sub`;
const ONE = 'system:serviceaccount:shop:checkout';

ruleCases(rule, [
  {
    when: 'the name of a regional endpoint',
    estate: trusting([
      asking({ StringEquals: { [SUB]: ONE, [`${ISSUER}:aud`]: 'sts.eu-west-1.amazonaws.com' } }),
    ]),
    is: 'fail',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'an audience of its own, which the provider accepts and an annotation may ask for',
    estate: trusting([asking({ StringEquals: { [SUB]: ONE, [`${ISSUER}:aud`]: 'vault' } })], {
      oidcProviders: [provider({ clientIds: ['vault'] })],
    }),
    is: 'unknown',
    says: /annotation/,
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
]);
