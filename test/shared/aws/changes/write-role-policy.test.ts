import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../../../shared/aws/changes/index.ts';
import {
  declaredCalls,
  LONGEST_POLICY,
  writeRolePolicies,
} from '../../../../shared/aws/changes/write-role-policy.ts';
import type { Change } from '../../../../shared/changes/change.ts';
import { decideProtected } from '../../../../shared/changes/guards/protected.ts';
import { compile } from '../../../../shared/iam/compile.ts';
import { decide } from '../../../../shared/iam/evaluate.ts';
import { parsePolicy } from '../../../../shared/iam/parse.ts';
import { writeRoleText } from '../../../support/write-role.ts';

const ACCOUNT = '111122223333';
const RESCUE = `arn:aws:iam::${ACCOUNT}:role/ops/rescue`;
const BREAK_GLASS = [RESCUE, 'arn:aws:iam::*:role/BreakGlass*', `arn:aws:iam::${ACCOUNT}:user/root-helper`];
const { policy } = parsePolicy(
  writeRoleText({ account: ACCOUNT, breakGlass: BREAK_GLASS, ownRoles: ['fixer'] }),
  'identity',
);
if (policy === null) throw new Error('the policy cannot be read');
const compiled = compile(policy);

const allows = (action: string, resource: string, keys: Readonly<Record<string, string>> = {}): boolean =>
  decide(compiled, {
    caller: { kind: 'aws', arn: `arn:aws:iam::${ACCOUNT}:role/fixer`, account: ACCOUNT },
    action,
    resource,
    context: (key) => (keys[key] === undefined ? 'absent' : [keys[key]]),
  }) === 'allowed';

const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const eks = (resource: string): string => `arn:aws:eks:eu-west-1:${ACCOUNT}:${resource}`;
const SAMPLE = {
  'oidc-provider': iam('oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC'),
  role: iam('role/team/cart'),
  'passed-role': iam('role/team/cart'),
  cluster: eks('cluster/shop'),
  association: eks('podidentityassociation/shop/a-1'),
  addon: eks('addon/shop/eks-pod-identity-agent/1'),
  'access-entry': eks('access-entry/shop/role/111122223333/cart/1'),
} as const;

/** Roles that a fix must never touch, by name with path. */
const PROTECTED = [
  'podtrust-write',
  'podtrust-apply',
  'PodtrustHub-ApplyServiceRole12345',
  'fixer',
  'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef',
  'aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS',
  'OrganizationAccountAccessRole',
  'AWSControlTowerExecution',
  'AWSCloudFormationStackSetExecutionRole',
  'AWSCloudFormationStackSetAdministrationRole',
  'stacksets-exec-0123456789abcdef',
  'cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1',
  'cdk-mine-deploy-role-111122223333-eu-west-1',
  'ops/rescue',
  'BreakGlassAdmin',
];

describe('the write role', () => {
  it('allows every call that a change declares, and knows what each is made on', () => {
    const missing = declaredCalls().flatMap(({ actions, on, by }) => {
      const keys = by === undefined ? {} : { [by.toLowerCase()]: 'value' };
      return actions.filter((action) => !allows(action, SAMPLE[on], keys));
    });
    expect(missing).toEqual([]);
  });

  it('allows no action that no change declares', () => {
    const declared = new Set<string>(declaredCalls().flatMap(({ actions }) => actions));
    const allowed = policy.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ action }) => action.patterns);
    expect(new Set(allowed)).toEqual(declared);
    expect(allowed.join()).not.toContain('*');
    const others = [
      'iam:PutRolePolicy',
      'iam:AttachRolePolicy',
      'iam:CreateRole',
      'iam:DeleteRole',
      'iam:CreateAccessKey',
      'iam:PutRolePermissionsBoundary',
      'iam:DeleteRolePermissionsBoundary',
      'sts:AssumeRole',
      'eks:DeleteCluster',
      'eks:CreateCluster',
      'eks:UpdateNodegroupConfig',
      'eks:AccessKubernetesApi',
    ];
    for (const action of others) {
      for (const resource of Object.values(SAMPLE)) expect(allows(action, resource), action).toBe(false);
    }
  });

  it('allows nothing in another account', () => {
    for (const { actions, on } of declaredCalls()) {
      const elsewhere = SAMPLE[on].replaceAll(ACCOUNT, '444455556666');
      for (const action of actions) expect(allows(action, elsewhere), action).toBe(false);
    }
  });

  it.each(PROTECTED)('denies whatever is asked about the role %s', (role) => {
    const arn = iam(`role/${role}`);
    const name = role.slice(role.lastIndexOf('/') + 1);
    const writes = declaredCalls().flatMap(({ actions }) => actions);
    for (const action of writes) {
      expect(allows(action, arn), `${action} on the role`).toBe(false);
      expect(allows(action, SAMPLE.cluster, { 'eks:principalarn': arn }), `${action} for it`).toBe(false);
      const entry = eks(`access-entry/shop/role/${ACCOUNT}/${name}/1`);
      if (!role.startsWith('aws-service-role/'))
        expect(allows(action, entry), `${action} on its entry`).toBe(false);
    }
  });

  it.each(PROTECTED)('agrees with the guard about %s', (role) => {
    const change: Change = {
      kind: 'trust-policy',
      target: { account: ACCOUNT, arn: iam(`role/${role}`) },
      before: 'a',
      after: 'b',
    };
    if (role.startsWith('Podtrust')) return;
    expect(decideProtected(change, { breakGlass: BREAK_GLASS, ownRoles: ['fixer'] }).allowed).toBe(false);
  });

  it('leaves roles alone whose names only resemble theirs', () => {
    for (const role of [
      'my-cdk-app',
      'not-podtrust-x',
      'team/stacksets',
      'OrganizationAccountAccessRole2',
      'rescue',
    ]) {
      expect(allows('iam:UpdateAssumeRolePolicy', iam(`role/${role}`)), role).toBe(true);
    }
  });

  it('touches neither root nor users, by entry or otherwise', () => {
    const create = (principal: string) =>
      allows('eks:CreateAccessEntry', SAMPLE.cluster, { 'eks:principalarn': principal });
    expect(create(iam('root'))).toBe(false);
    expect(create(iam('user/root-helper'))).toBe(false);
    expect(create(iam('user/somebody'))).toBe(true);
    expect(allows('eks:DeleteAccessEntry', eks(`access-entry/shop/user/${ACCOUNT}/root-helper/1`))).toBe(
      false,
    );
    expect(allows('iam:UpdateAssumeRolePolicy', iam('user/somebody'))).toBe(false);
  });

  it('keeps within the quota of managed policies, however many principals are for emergencies', () => {
    const many = Array.from(
      { length: 60 },
      (_, at) => `arn:aws:iam::${ACCOUNT}:role/emergencies/of/team-${at}/rescue`,
    );
    const policies = writeRolePolicies({
      partition: 'aws-us-gov',
      account: ACCOUNT,
      breakGlass: many,
      ownRoles: ['r'.repeat(64), 'w'.repeat(64)],
    });
    for (const one of policies) expect(JSON.stringify(one).length).toBeLessThanOrEqual(LONGEST_POLICY);
    const text = JSON.stringify(policies);
    for (const arn of many) expect(text).toContain(arn);
  });
});

describe('the declared permissions', () => {
  it.each(Object.entries(ADAPTERS))('of %s name their reads and their writes', (_kind, { permissions }) => {
    expect(permissions.read.flatMap(({ actions }) => actions).join()).not.toMatch(
      /:(?:Create|Update|Delete|Put)/,
    );
    const writes = Object.entries(permissions).filter(([operation]) => operation !== 'read');
    expect(writes.length).toBeGreaterThan(0);
  });
});
