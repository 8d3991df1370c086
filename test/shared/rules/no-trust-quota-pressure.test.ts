import { estateOf, ISSUER, irsaStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-trust-quota-pressure.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { trusting, without } from '../../support/rule-estates.ts';

const subjects = (count: number) =>
  irsaStatement({
    Condition: {
      StringEquals: {
        [`${ISSUER}:sub`]: Array.from(
          { length: count },
          (_, index) => `system:serviceaccount:shop:worker-number-${index}`,
        ),
      },
    },
  });
const padded = JSON.stringify({ Version: '2012-10-17', Statement: [irsaStatement()] }, null, 200);

ruleCases(rule, [
  { when: 'nearly 2,048 characters', estate: trusting([subjects(40)]), is: 'fail', severity: 'low' },
  {
    when: 'the same length under a higher quota',
    estate: trusting([subjects(40)], { quotas: { trustPolicyLength: 8192 } }),
    is: 'pass',
  },
  {
    when: 'white space, which does not count',
    estate: trusting([], { role: { trustPolicy: padded } }),
    is: 'pass',
  },
  {
    when: 'a short policy with the quota unread, which is 2,048 at least',
    estate: without('quotas', trusting([irsaStatement()])),
    is: 'pass',
  },
  {
    when: 'a long policy with the quota unread',
    estate: without('quotas', trusting([subjects(40)])),
    is: 'unknown',
  },
  { when: 'no role', estate: estateOf(), is: 'not applicable' },
]);
