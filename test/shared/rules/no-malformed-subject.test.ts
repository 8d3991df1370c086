import { ISSUER, irsaStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-malformed-subject.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const asking = (condition: Record<string, Record<string, string | string[]>>) =>
  irsaStatement({ Condition: condition });
const SUB = `${ISSUER}:sub`;

ruleCases(rule, [
  {
    when: 'a slash between namespace and name',
    estate: trusting([asking({ StringEquals: { [SUB]: 'system:serviceaccount:shop/checkout' } })]),
    is: 'fail',
  },
  {
    when: 'capital letters',
    estate: trusting([asking({ StringEquals: { [SUB]: 'system:serviceaccount:Shop:checkout' } })]),
    is: 'fail',
  },
  {
    when: 'a pattern of a namespace that Kubernetes does not take, in any case: no other is proposed',
    estate: trusting([asking({ StringLike: { [SUB]: 'system:serviceaccount:Shop_*:*' } })]),
    is: 'fail',
    says: /matches no system:serviceaccount:<namespace>:<name>\.$/,
  },
  {
    when: 'a pattern in capital letters: the one in small letters is proposed',
    estate: trusting([asking({ StringLike: { [SUB]: 'system:serviceaccount:Shop:*' } })]),
    is: 'fail',
    says: /Probably system:serviceaccount:shop:\* was meant/,
  },
  { when: 'the form that AWS documents', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'a name with dots, which Kubernetes takes',
    estate: trusting([asking({ StringEquals: { [SUB]: 'system:serviceaccount:shop:check.out' } })]),
    is: 'pass',
  },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
