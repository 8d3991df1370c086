import { ISSUER, irsaStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-mismatched-condition-key.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const asking = (condition: Record<string, Record<string, string | string[]>>) =>
  irsaStatement({ Condition: condition });
const SUB = `${ISSUER}:sub`;
const ONE = 'system:serviceaccount:shop:checkout';

ruleCases(rule, [
  {
    when: 'the key carries https://',
    estate: trusting([asking({ StringEquals: { [`https://${SUB}`]: ONE } })]),
    is: 'fail',
  },
  { when: 'the key lacks :sub', estate: trusting([asking({ StringEquals: { [ISSUER]: ONE } })]), is: 'fail' },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'the key is spelt in another case, which IAM does not mind',
    estate: trusting([asking({ StringEquals: { [SUB.toUpperCase()]: ONE } })]),
    is: 'pass',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
