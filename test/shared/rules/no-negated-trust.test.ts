import { expect, it } from 'vitest';
import { estateOf, irsaStatement, type Json, PROVIDER } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-negated-trust.ts';
import noWrongAssumeAction from '../../../shared/rules/no-wrong-assume-action.ts';
import { onlyFailure, ruleCases } from '../../support/rule-cases.ts';
import { DATA, trusting, without } from '../../support/rule-estates.ts';

const not = (element: object) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...element });
const someone = { AWS: 'arn:aws:iam::111122223333:role/someone' };

const withoutWebIdentity = (principal: Json): Json => ({
  Effect: 'Allow',
  Principal: principal,
  NotAction: 'sts:AssumeRoleWithWebIdentity',
});

ruleCases(rule, [
  {
    when: 'Allow with NotPrincipal',
    estate: trusting([not({ NotPrincipal: someone })], { role: DATA }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'Allow with NotAction',
    estate: trusting([{ Effect: 'Allow', Principal: { Federated: PROVIDER }, NotAction: 'sts:TagSession' }], {
      role: DATA,
    }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'Deny with NotPrincipal, which is how a Deny is written',
    estate: trusting([irsaStatement(), { ...not({ NotPrincipal: someone }), Effect: 'Deny' }]),
    is: 'pass',
  },
  {
    when: 'a NotAction that takes from web identities the only action that they come in by: no-wrong-assume-action says it',
    estate: trusting([withoutWebIdentity({ Federated: PROVIDER })]),
    is: 'pass',
  },
  {
    when: 'a NotAction that takes from Pod Identity the only action that it comes in by: no-wrong-assume-action says it',
    estate: trusting([
      { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, NotAction: 'sts:AssumeRole' },
    ]),
    is: 'pass',
  },
  {
    when: 'a NotAction without the action of web identities, while somebody else comes in another way',
    estate: trusting([withoutWebIdentity({ Federated: PROVIDER, AWS: someone.AWS })]),
    is: 'fail',
  },
  {
    when: 'a NotAction without the action of web identities, while SAML comes in by its own',
    estate: trusting([
      withoutWebIdentity({ Federated: [PROVIDER, 'arn:aws:iam::111122223333:saml-provider/people'] }),
    ]),
    is: 'fail',
  },
  {
    when: 'a NotAction without the action of Pod Identity, while web identities come in by theirs',
    estate: trusting([
      {
        Effect: 'Allow',
        Principal: { Federated: PROVIDER, Service: 'pods.eks.amazonaws.com' },
        NotAction: 'sts:AssumeRole',
      },
    ]),
    is: 'fail',
  },
  { when: 'a plain trust policy', estate: trusting([irsaStatement()]), is: 'pass' },
  {
    when: 'a service-linked role',
    estate: trusting([irsaStatement()], {
      role: {
        arn: 'arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS',
      },
    }),
    is: 'not applicable',
  },
  { when: 'no role', estate: estateOf(), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);

it('is named as a consequence where no-wrong-assume-action says it', () => {
  const { consequences } = onlyFailure(
    noWrongAssumeAction,
    trusting([withoutWebIdentity({ Federated: PROVIDER })]),
  );
  expect(consequences).toContain('no-negated-trust');
});
