import { expect, it } from 'vitest';
import { irsaStatement, type Json } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-degraded-principal.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { EC2, trusting, without } from '../../support/rule-estates.ts';

const ID = 'AROAEXAMPLEID00000001';
const USER = 'AIDAEXAMPLEID00000002';
const aws = (principal: string | string[]): Json => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: 'sts:AssumeRole',
});
const ROLE = 'arn:aws:iam::111122223333:role/deployer';

ruleCases(rule, [
  { when: 'the id of a role', estate: trusting([irsaStatement(), aws(ID)]), is: 'fail', severity: 'low' },
  { when: 'the id of a user among others', estate: trusting([aws([ROLE, USER])]), is: 'fail', count: 1 },
  { when: 'a role that exists', estate: trusting([aws(ROLE)]), is: 'pass' },
  {
    when: 'a role whose name looks like an id',
    estate: trusting([aws(`arn:aws:iam::111122223333:role/${ID}`)]),
    is: 'pass',
  },
  { when: 'no principal of AWS', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);

it('takes away the statement that names nobody else, and keeps the others', () => {
  const { repair } = onlyFailure(rule, trusting([irsaStatement(), aws(ID)]));
  expect(JSON.parse(repair?.after ?? '{}').Statement).toEqual([irsaStatement()]);
});

it('takes the id out of a list and keeps the rest', () => {
  const { repair } = onlyFailure(rule, trusting([aws([ID, ROLE])]));
  expect(JSON.parse(repair?.after ?? '{}').Statement).toEqual([aws(ROLE)]);
});

it('offers no document where nothing would be left of it', () => {
  expect(onlyFailure(rule, trusting([aws(ID)])).repair).not.toHaveProperty('after');
});
