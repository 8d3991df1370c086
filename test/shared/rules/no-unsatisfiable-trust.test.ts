import { ISSUER, irsaStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-unsatisfiable-trust.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const asking = (condition: Record<string, Record<string, string | string[]>>) =>
  irsaStatement({ Condition: condition });
const SUB = `${ISSUER}:sub`;
const ONE = 'system:serviceaccount:shop:checkout';

ruleCases(rule, [
  {
    when: 'a Deny that covers the Allow',
    estate: trusting([
      irsaStatement(),
      irsaStatement({ Effect: 'Deny', Condition: { StringLike: { [SUB]: 'system:serviceaccount:shop:*' } } }),
    ]),
    is: 'fail',
  },
  {
    when: 'two subjects at once',
    estate: trusting([
      asking({ StringEquals: { [SUB]: ONE }, StringLike: { [SUB]: 'system:serviceaccount:other:*' } }),
    ]),
    is: 'fail',
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'a Deny for others',
    estate: trusting([
      irsaStatement(),
      irsaStatement({
        Effect: 'Deny',
        Condition: { StringLike: { [SUB]: 'system:serviceaccount:other:*' } },
      }),
    ]),
    is: 'pass',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
