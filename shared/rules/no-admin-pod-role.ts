import { defineRule } from './define-rule.ts';
import { isPodRole, isServiceLinked, isTargetRole } from './doors/role-kinds.ts';
import { irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { BEST_PRACTICES } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

/** Roles of pods that own their account, or can come to. */
export default defineRule({
  number: 'PT-501',
  name: 'no-admin-pod-role',
  kind: 'open',
  fix: 'manual',
  title: 'A role of pods is administrator, or can become it',
  why: 'One hole in one workload of the cluster is then a hole in the whole account.',
  remedy:
    'Grant the actions and resources that the workload uses; add a permissions boundary where it has to manage IAM.',
  references: [BEST_PRACTICES],
  examples: () => {
    const trust = trustPolicy(irsaStatement());
    const document = (action: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
      });
    return {
      fails: roleExample('Everything on everything', trust, {
        role: { inlinePolicies: [{ name: 'all', document: document('*') }] },
      }),
      passes: roleExample('One action', trust, {
        role: { inlinePolicies: [{ name: 'read', document: document('cloudwatch:PutMetricData') }] },
      }),
    };
  },
  needs: ['roles'],
  subjects: ({ roles, estate }) =>
    roles.filter((role) => !isServiceLinked(role) && (isPodRole(role, estate) || isTargetRole(role, estate))),
  where: roleWhere,
  check: (role) => {
    const privileges = role.privileges();
    const { grade, missing } = privileges;
    if (grade === 'unknown') {
      return unknown({
        read: 'iam:GetPolicyVersion',
        reason: `not read: ${missing.slice(0, 3).join(', ') || 'policies of the role'}`,
      });
    }
    if (grade !== 'admin' && grade !== 'escalation') return pass;
    return fail({
      privileges: grade,
      reasons: privileges.reasons.filter((reason) => reason.grade === grade).map(({ text }) => text),
    });
  },
  severity: ({ privileges }) => (privileges === 'admin' ? 'high' : 'medium'),
  message: ({ privileges, reasons }, { name }) =>
    `${name} is a role of pods and ${privileges === 'admin' ? 'is administrator' : 'can make itself administrator'}: ${reasons
      .slice(0, 3)
      .map((reason) => reason.replace(/\.$/, ''))
      .join('; ')}.`,
  identity: ({ privileges }) => [privileges],
});
