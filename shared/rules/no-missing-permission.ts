import type { Config } from '../config/config.ts';
import type { RoleView } from '../estate/estate.ts';
import type { Request } from '../iam/request.ts';
import { rolePermits } from '../identity/role-permits.ts';
import { defineRule } from './define-rule.ts';
import { irsaStatement, ROLE_ARN, roleExample, trustPolicy } from './examples/estate.ts';
import { roleWhere } from './places.ts';
import { BEST_PRACTICES } from './references.ts';
import type { Scope } from './scope.ts';
import { fail, pass, unknown } from './verdict.ts';

interface Expectation {
  readonly role: RoleView;
  readonly action: string;
  readonly resource: string;
}

/** Permissions that the configuration expects a role to have and that its policies do not grant. */
export default defineRule({
  number: 'PT-502',
  name: 'no-missing-permission',
  kind: 'broken',
  fix: 'manual',
  title: 'The role lacks a permission that it is expected to have',
  why: 'The pods get the role, and their calls are refused all the same.',
  remedy:
    'Allow the action in one of the policies of the role; look for a Deny and at the permissions boundary as well.',
  references: [BEST_PRACTICES],
  examples: () => {
    const trust = trustPolicy(irsaStatement());
    const config: Partial<Config> = {
      expectations: [
        { role: ROLE_ARN, actions: ['s3:GetObject'], resources: ['arn:aws:s3:::orders/list.json'] },
      ],
    };
    const granting = (resource: string) => {
      const document = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resource }],
      });
      return {
        example: roleExample('', trust, { role: { inlinePolicies: [{ name: 'read', document }] } }),
        document,
      };
    };
    const wrong = granting('arn:aws:s3:::orders');
    const right = granting('arn:aws:s3:::orders/*');
    return {
      fails: {
        ...wrong.example,
        title: 'Objects are expected, and the bucket is granted',
        show: wrong.document,
        config,
      },
      passes: { ...right.example, title: 'The objects are granted', show: right.document, config },
    };
  },
  needs: ['roles'],
  subjects: expectationsOf,
  where: ({ role }) => roleWhere(role),
  check: ({ role, action, resource }, { estate }) => {
    const { arn } = role.role;
    const caller = { kind: 'aws', arn, account: role.account.id } as const;
    const request: Request = { caller, action, resource, context: () => 'unknown' };
    const permission = rolePermits(role, request, estate);
    if (permission.kind === 'allowed') return pass;
    if (permission.kind === 'unknown')
      return unknown({ read: 'iam:GetPolicyVersion', reason: permission.reason });
    return fail({ action, resource, reason: permission.reason });
  },
  severity: () => 'medium',
  message: ({ action, resource, reason }, { role }) =>
    `${role.name} may not ${action} on ${resource}: ${reason}.`,
  identity: ({ action, resource }) => [action, resource],
});

function expectationsOf({ roles, config }: Scope): Expectation[] {
  if (config.expectations.length === 0) return [];
  const byArn = new Map(roles.map((role) => [role.role.arn, role]));
  return config.expectations.flatMap(({ role: arn, actions, resources }) => {
    const role = byArn.get(arn);
    if (role === undefined) return [];
    return actions.flatMap((action) => resources.map((resource) => ({ role, action, resource })));
  });
}
