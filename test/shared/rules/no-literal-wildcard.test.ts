import { ISSUER, irsaStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-literal-wildcard.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const asking = (condition: Record<string, Record<string, string | string[]>>) =>
  irsaStatement({ Condition: condition });
const SUB = `${ISSUER}:sub`;
const ONE = 'system:serviceaccount:shop:checkout';

ruleCases(rule, [
  {
    when: 'a star under StringEquals',
    estate: trusting([asking({ StringEquals: { [SUB]: 'system:serviceaccount:shop:*' } })]),
    is: 'fail',
  },
  {
    when: 'one value with a star beside a sound one',
    estate: trusting([asking({ StringEquals: { [SUB]: [ONE, 'system:serviceaccount:shop:*'] } })]),
    is: 'fail',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'a star under StringLike',
    estate: trusting([asking({ StringLike: { [SUB]: 'system:serviceaccount:shop:*' } })]),
    is: 'pass',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
