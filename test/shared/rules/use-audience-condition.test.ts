import { expect, it } from 'vitest';
import { ISSUER, irsaStatement, PROVIDER, provider } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-audience-condition.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, GITHUB, trusting, without } from '../../support/rule-estates.ts';

const subOnly = irsaStatement({
  Condition: { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
});
const two = [provider({ clientIds: ['sts.amazonaws.com', 'vault'] })];

ruleCases(rule, [
  {
    when: 'the provider accepts one audience only',
    estate: trusting([subOnly], { role: ADMIN }),
    is: 'fail',
    severity: 'info',
  },
  {
    when: 'the provider accepts two',
    estate: trusting([subOnly], { role: DATA, oidcProviders: two }),
    is: 'fail',
    severity: 'medium',
    says: /vault/,
  },
  {
    when: 'the audience is asked for',
    estate: trusting([irsaStatement()], { oidcProviders: two }),
    is: 'pass',
  },
  {
    when: 'the audiences of the provider were not read',
    estate: trusting([subOnly], { oidcProviders: [{ arn: PROVIDER }] }),
    is: 'unknown',
  },
  {
    when: 'the providers were not read',
    estate: without('oidcProviders', trusting([subOnly])),
    is: 'unknown',
  },
  {
    when: 'the provider does not exist',
    estate: trusting([subOnly], { oidcProviders: [] }),
    is: 'not applicable',
  },
  { when: 'the role trusts GitHub', estate: trusting([GITHUB]), is: 'not applicable' },
]);

it('adds the audience beside the subject and keeps the rest of the document', () => {
  const { repair } = onlyFailure(rule, trusting([subOnly], { oidcProviders: two }));
  const [statement] = JSON.parse(repair?.after ?? '{}').Statement;
  expect(statement).toEqual(irsaStatement());
});
