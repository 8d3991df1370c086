import {
  ISSUER,
  irsaStatement,
  podIdentityStatement,
  provider,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-fail-open-condition.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, DATA, EC2, trusting, without } from '../../support/rule-estates.ts';

const SUB = `${ISSUER}:sub`;
const AUD = `${ISSUER}:aud`;
const ONE = 'system:serviceaccount:shop:checkout';
const irsa = (condition: Record<string, Record<string, string>>) => irsaStatement({ Condition: condition });
const pods = (condition: Record<string, Record<string, string>>) =>
  podIdentityStatement({ Condition: condition });

ruleCases(rule, [
  {
    when: 'everyone but one subject',
    estate: trusting([irsa({ StringNotEquals: { [SUB]: ONE } })], { role: ADMIN }),
    is: 'fail',
    severity: 'critical',
  },
  {
    when: 'whoever has a subject',
    estate: trusting([irsa({ Null: { [SUB]: 'false' } })], { role: DATA }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'every audience but one, and the provider accepts two',
    estate: trusting([irsa({ StringEquals: { [SUB]: ONE }, StringNotEquals: { [AUD]: 'vault' } })], {
      role: DATA,
      oidcProviders: [provider({ clientIds: ['sts.amazonaws.com', 'mesh'] })],
    }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'every audience but one, and the provider accepts one',
    estate: trusting([irsa({ StringEquals: { [SUB]: ONE }, StringNotEquals: { [AUD]: 'vault' } })]),
    is: 'fail',
    severity: 'info',
  },
  {
    when: 'ForAllValues around a positive test, which EKS tokens always have',
    estate: trusting(
      [irsa({ 'ForAllValues:StringEquals': { [SUB]: ONE }, StringEquals: { [AUD]: 'sts.amazonaws.com' } })],
      { role: ADMIN },
    ),
    is: 'fail',
    severity: 'info',
  },
  {
    when: 'IfExists around a positive test',
    estate: trusting([irsa({ StringEqualsIfExists: { [SUB]: ONE, [AUD]: 'sts.amazonaws.com' } })]),
    is: 'fail',
    severity: 'info',
  },
  {
    when: 'Pod Identity for every namespace but one',
    estate: trusting([pods({ StringNotEquals: { 'aws:RequestTag/kubernetes-namespace': 'kube-system' } })], {
      role: DATA,
    }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'Pod Identity with IfExists, which an association without tags gets past',
    estate: trusting([pods({ StringEqualsIfExists: { 'aws:RequestTag/kubernetes-namespace': 'shop' } })]),
    is: 'fail',
    severity: 'low',
  },
  {
    when: 'a negated test beside a positive one only narrows',
    estate: trusting([
      irsa({
        StringLike: { [SUB]: 'system:serviceaccount:shop:*' },
        StringNotEquals: { [SUB]: ONE },
        StringEquals: { [AUD]: 'sts.amazonaws.com' },
      }),
    ]),
    is: 'pass',
  },
  {
    when: 'the negation stands in a Deny',
    estate: trusting([
      irsaStatement(),
      irsaStatement({ Effect: 'Deny', Condition: { StringNotEquals: { [SUB]: ONE } } }),
    ]),
    is: 'pass',
  },
  { when: 'a positive Pod Identity condition', estate: trusting([podIdentityStatement()]), is: 'pass' },
  { when: 'no pod role', estate: trusting([EC2]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
