import { irsaStatement, type Json } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-mixed-trust.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, EC2, GITHUB, LAMBDA, ONE_POD, trusting, without } from '../../support/rule-estates.ts';

const aws = (principal: string, condition: Record<string, Record<string, string>> = {}): Json => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: 'sts:AssumeRole',
  Condition: condition,
});

ruleCases(rule, [
  {
    when: 'EC2 beside IRSA',
    estate: trusting([irsaStatement(), EC2], { role: ADMIN }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'Lambda beside Pod Identity',
    estate: trusting([ONE_POD, LAMBDA], { role: DATA }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'another account',
    estate: trusting([irsaStatement(), aws('arn:aws:iam::444455556666:root')]),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'another account by its number, with an external id',
    estate: trusting([irsaStatement(), aws('444455556666', { StringEquals: { 'sts:ExternalId': 'x' } })]),
    is: 'fail',
  },
  {
    when: 'the service is denied by another statement',
    estate: trusting([irsaStatement(), EC2, { ...JSON.parse(JSON.stringify(EC2)), Effect: 'Deny' }]),
    is: 'pass',
  },
  {
    when: 'the own account, the role itself among it',
    estate: trusting([
      irsaStatement(),
      aws('arn:aws:iam::111122223333:root'),
      aws('arn:aws:iam::111122223333:role/checkout'),
    ]),
    is: 'pass',
  },
  { when: 'IRSA and Pod Identity together', estate: trusting([irsaStatement(), ONE_POD]), is: 'pass' },
  { when: 'EC2 and Lambda, and no pod', estate: trusting([EC2, LAMBDA]), is: 'not applicable' },
  { when: 'GitHub and EC2', estate: trusting([GITHUB, EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
