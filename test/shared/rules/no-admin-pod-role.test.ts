import {
  association,
  cluster,
  estateOf,
  irsaStatement,
  role,
  trustPolicy,
} from '../../../shared/rules/examples/estate.ts';
import rule from '../../../shared/rules/no-admin-pod-role.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { ADMIN, ANY_POD, DATA, EC2, inline, trusting, UNREAD } from '../../support/rule-estates.ts';

const TARGET = 'arn:aws:iam::111122223333:role/target';
const targetOf = (parts: Parameters<typeof role>[0]) =>
  estateOf({
    clusters: [cluster({ podIdentityAssociations: [association({ targetRoleArn: TARGET })] })],
    roles: [role({ arn: TARGET, trustPolicy: trustPolicy(EC2), ...parts })],
  });

ruleCases(rule, [
  { when: 'the target of an association', estate: targetOf(ADMIN), is: 'fail', severity: 'high' },
  { when: 'a target whose policy was not read', estate: targetOf(UNREAD), is: 'unknown' },
  {
    when: 'everything on everything',
    estate: trusting([irsaStatement()], { role: ADMIN }),
    is: 'fail',
    severity: 'high',
  },
  { when: 'by Pod Identity', estate: trusting([ANY_POD], { role: ADMIN }), is: 'fail' },
  {
    when: 'a path to more',
    estate: trusting([irsaStatement()], { role: { inlinePolicies: [inline('iam:AttachRolePolicy', '*')] } }),
    is: 'fail',
  },
  { when: 'data', estate: trusting([irsaStatement()], { role: DATA }), is: 'pass' },
  { when: 'nothing', estate: trusting([irsaStatement()]), is: 'pass' },
  { when: 'a policy was not read', estate: trusting([irsaStatement()], { role: UNREAD }), is: 'unknown' },
  {
    when: 'an administrator that no pod can become',
    estate: trusting([EC2], { role: ADMIN }),
    is: 'not applicable',
  },
]);
