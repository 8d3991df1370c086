import type { Config } from '../config/config.ts';
import type { Estate, RoleView } from '../estate/estate.ts';
import type { Where } from '../findings/finding.ts';
import type { Request } from '../iam/request.ts';
import { rolePermits } from '../identity/role-permits.ts';
import { defineRule } from './define-rule.ts';
import { irsaStatement, ROLE_ARN, roleExample, trustPolicy } from './examples/estate.ts';
import { toldBy } from './observed/provenance.ts';
import {
  checkRefusal,
  checkSource,
  type Refusal,
  type RefusalSource,
  refusalsOf,
} from './observed/refused-calls.ts';
import { roleWhere } from './places.ts';
import { BEST_PRACTICES } from './references.ts';
import type { Scope } from './scope.ts';
import { type Facts, fail, pass, unknown, type Verdict } from './verdict.ts';

interface Expectation {
  readonly kind: 'expectation';
  readonly role: RoleView;
  readonly action: string;
  readonly resource: string;
}

/** Permissions that a role is expected to have, or that its pods were refused, and that its policies do not grant. */
export default defineRule<Expectation | Refusal | RefusalSource, Facts>({
  number: 'PT-502',
  name: 'no-missing-permission',
  kind: 'broken',
  fix: 'manual',
  title: 'The role lacks a permission that is expected of it, or that its pods asked for',
  why: 'The pods get the role, and their calls are refused all the same. Expectations come from the configuration; refused calls of the last 24 hours from CloudTrail, where the account opted in.',
  remedy:
    'Allow the action in one of the policies of the role; look for a Deny and at the permissions boundary as well. Where a pod only tried, decide first whether it is meant to: a refusal is no reason by itself.',
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
  subjects: (scope) => [...expectationsOf(scope), ...refusalsOf(scope)],
  where: (subject) => whereOf(subject),
  check: (subject, { estate }) => check(subject, estate),
  severity: (_, { kind }) => (kind === 'expectation' ? 'medium' : 'low'),
  message: ({ action, resource, reason, count, last }, subject) =>
    subject.kind === 'refusal'
      ? `Pods with ${nameOf(subject)} were refused ${String(action)} (counted: ${String(count)}, last on ${String(last)}; from ${toldBy(subject.by)}): ${String(reason)}.`
      : `${whereOf(subject).role?.split('/').at(-1) ?? ''} may not ${String(action)} on ${String(resource)}: ${String(reason)}.`,
  identity: ({ action, resource, call, service }) =>
    resource === undefined
      ? [String(action), String(service), String(call)]
      : [String(action), String(resource)],
});

function whereOf(subject: Expectation | Refusal | RefusalSource): Where {
  switch (subject.kind) {
    case 'expectation':
      return roleWhere(subject.role);
    case 'refusal':
      return { account: subject.account.id, role: subject.call.role };
    case 'source':
      return { account: subject.account.id };
  }
}

function check(subject: Expectation | Refusal | RefusalSource, estate: Estate): Verdict<Facts> {
  switch (subject.kind) {
    case 'expectation':
      return checkExpectation(subject, estate);
    case 'refusal':
      return checkRefusal(subject, estate);
    case 'source':
      return checkSource(subject);
  }
}

const nameOf = ({ call }: Refusal): string => call.role.slice(call.role.lastIndexOf('/') + 1);

function checkExpectation({ role, action, resource }: Expectation, estate: Estate): Verdict<Facts> {
  const { arn } = role.role;
  const caller = { kind: 'aws', arn, account: role.account.id } as const;
  const request: Request = { caller, action, resource, context: () => 'unknown' };
  const permission = rolePermits(role, request, estate);
  if (permission.kind === 'allowed') return pass;
  if (permission.kind === 'unknown')
    return unknown({ read: 'iam:GetPolicyVersion', reason: permission.reason });
  return fail({ action, resource, reason: permission.reason });
}

function expectationsOf({ roles, config }: Scope): Expectation[] {
  if (config.expectations.length === 0) return [];
  const byArn = new Map(roles.map((role) => [role.role.arn, role]));
  return config.expectations.flatMap(({ role: arn, actions, resources }) => {
    const role = byArn.get(arn);
    if (role === undefined) return [];
    return actions.flatMap((action) =>
      resources.map((resource) => ({ kind: 'expectation' as const, role, action, resource })),
    );
  });
}
