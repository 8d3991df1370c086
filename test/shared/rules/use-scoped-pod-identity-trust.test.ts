import { irsaStatement, podIdentityStatement } from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/use-scoped-pod-identity-trust.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, ANY_POD, DATA, LIMITED, trusting, without } from '../../support/rule-estates.ts';

const asking = (condition: Record<string, Record<string, string>>) =>
  podIdentityStatement({ Condition: condition });

ruleCases(rule, [
  {
    when: 'no condition, as administrator',
    estate: trusting([ANY_POD], { role: ADMIN }),
    is: 'fail',
    severity: 'high',
  },
  {
    when: 'no condition, and the role reaches data',
    estate: trusting([ANY_POD], { role: DATA }),
    is: 'fail',
    severity: 'medium',
  },
  {
    when: 'no condition on an unprivileged role',
    estate: trusting([ANY_POD], { role: LIMITED }),
    is: 'fail',
    severity: 'info',
  },
  {
    when: 'the account alone, which narrows nothing',
    estate: trusting([asking({ StringEquals: { 'aws:SourceAccount': '111122223333' } })], { role: DATA }),
    is: 'fail',
    severity: 'low',
  },
  { when: 'cluster, namespace and ServiceAccount', estate: trusting([podIdentityStatement()]), is: 'pass' },
  {
    when: 'the cluster alone',
    estate: trusting([
      asking({ ArnEquals: { 'aws:SourceArn': 'arn:aws:eks:eu-west-1:111122223333:cluster/shop' } }),
    ]),
    is: 'pass',
  },
  {
    when: 'the namespace alone',
    estate: trusting([asking({ StringEquals: { 'aws:RequestTag/kubernetes-namespace': 'shop' } })]),
    is: 'pass',
  },
  {
    when: 'a Deny for other clusters',
    estate: trusting([
      ANY_POD,
      {
        ...JSON.parse(JSON.stringify(ANY_POD)),
        Effect: 'Deny',
        Condition: { ArnNotEquals: { 'aws:SourceArn': 'arn:aws:eks:eu-west-1:111122223333:cluster/shop' } },
      },
    ]),
    is: 'pass',
  },
  { when: 'IRSA', estate: trusting([irsaStatement()]), is: 'not applicable' },
  { when: 'the roles were not read', estate: without('roles'), is: 'unknown' },
]);
