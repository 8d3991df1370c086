import { ISSUER, irsaStatement, type Json } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-public-trust.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, EC2, trusting, without } from '../../support/rule-estates.ts';

type Condition = Record<string, Record<string, Json>>;
const everyone = (condition: Condition, more: Record<string, Json> = {}): Json => ({
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action: 'sts:AssumeRole',
  Condition: condition,
  ...more,
});
const deny = (condition: Condition): Json =>
  everyone(condition, { Effect: 'Deny', Principal: '*', Action: '*' });

ruleCases(rule, [
  {
    when: 'bare star, as administrator',
    estate: trusting([everyone({}, { Principal: '*' })], { role: ADMIN }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'AWS star without conditions and without permissions',
    estate: trusting([everyone({})]),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'star among other principals',
    estate: trusting([everyone({}, { Principal: { AWS: ['111122223333', '*'] } })], { role: DATA }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'an external id, which is no name',
    estate: trusting([everyone({ StringEquals: { 'sts:ExternalId': 'x' } })], { role: DATA }),
    is: 'fail',
    severity: 'high',
    says: /sts:ExternalId/,
  },
  {
    when: 'an address, which is no name',
    estate: trusting([everyone({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })], { role: DATA }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'a role name in any account',
    estate: trusting([everyone({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/deployer' } })], {
      role: DATA,
    }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'IfExists, which whoever is in no organization gets past',
    estate: trusting([everyone({ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-example' } })], {
      role: DATA,
    }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'everyone but one account',
    estate: trusting([everyone({ StringNotEquals: { 'aws:PrincipalAccount': '444455556666' } })], {
      role: DATA,
    }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'any web identity, such as those of Google',
    estate: trusting(
      [everyone({}, { Principal: { Federated: '*' }, Action: 'sts:AssumeRoleWithWebIdentity' })],
      { role: DATA },
    ),
    is: 'fail',
  },
  {
    when: 'one organization',
    estate: trusting([everyone({ StringEquals: { 'aws:PrincipalOrgID': 'o-example' } })]),
    is: 'pass',
  },
  {
    when: 'one path of an organization',
    estate: trusting([
      everyone({ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-example/r-ab12/*' } }),
    ]),
    is: 'pass',
  },
  {
    when: 'one account',
    estate: trusting([everyone({ StringEquals: { 'aws:PrincipalAccount': '444455556666' } })]),
    is: 'pass',
  },
  {
    when: 'the roles of one account',
    estate: trusting([everyone({ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::444455556666:role/*' } })]),
    is: 'pass',
  },
  {
    when: 'services that act for one account',
    estate: trusting([everyone({ StringEquals: { 'aws:SourceAccount': '111122223333' } })]),
    is: 'pass',
  },
  {
    when: 'a Deny for everyone outside the organization',
    estate: trusting([everyone({}), deny({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-example' } })]),
    is: 'pass',
  },
  {
    when: 'a token of the cluster',
    estate: trusting([
      everyone(
        { StringEquals: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:checkout' } },
        { Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' },
      ),
    ]),
    is: 'pass',
  },
  { when: 'a Deny of star alone', estate: trusting([irsaStatement(), deny({})]), is: 'not applicable' },
  { when: 'named principals', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
