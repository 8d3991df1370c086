import * as z from 'zod';
import { isIssuer } from '../triggers/issuers.ts';
import { isClusterName, isRegion, roleOfArn } from '../triggers/names.ts';
import type { Trigger } from '../triggers/trigger.ts';

const account = z.string().regex(/^\d{12}$/);
/** Role name without path: what IAM's events carry. */
const role = z.string().regex(/^[\w+=,.@-]{1,64}$/);
const region = z.string().refine(isRegion);
const cluster = z.string().refine(isClusterName);

const place = z.strictObject({ region, cluster });

/** What one evaluation judges: the smallest part of the estate that an event can have changed. */
export const scopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('role'),
    account,
    role,
    /** The cluster of the same account that a call gave the role to: judged with it, so that both have their cause. */
    after: place.optional(),
  }),
  z.strictObject({ kind: z.literal('cluster'), account, region, cluster }),
  /** The roles of the account that trust an issuer, its provider there, and its cluster. */
  z.strictObject({
    kind: z.literal('issuer'),
    account,
    issuer: z.string().refine(isIssuer),
    /** The deleted cluster that left the issuer behind: judged with it, once it is gone. */
    after: place.optional(),
  }),
  /** The roles that have a managed policy, or have it as their boundary. */
  z.strictObject({ kind: z.literal('policy'), account, policy: z.string().max(2048) }),
  z.strictObject({ kind: z.literal('account'), account }),
]);

export type Scope = z.infer<typeof scopeSchema>;
export type RoleScope = Extract<Scope, { kind: 'role' }>;
export type ClusterScope = Extract<Scope, { kind: 'cluster' }>;

/**
 * The scopes that a trigger asks to re-judge. Sessions ask for none: they change nothing, and a pod that is refused
 * asks again every few seconds.
 */
export function scopesOf(trigger: Trigger): readonly Scope[] {
  const { account } = trigger;
  switch (trigger.kind) {
    case 'role':
      return [{ kind: 'role', account, role: trigger.roleName }];
    case 'policy':
      return [{ kind: 'policy', account, policy: trigger.policyArn }];
    case 'provider':
      return [{ kind: 'issuer', account, issuer: trigger.issuer }];
    case 'cluster':
      return [
        clusterScope(trigger),
        // A deleted cluster leaves its provider and the roles that trust it behind.
        ...(trigger.issuer === undefined || trigger.change !== 'deleted'
          ? []
          : [
              {
                kind: 'issuer' as const,
                account,
                issuer: trigger.issuer,
                after: { region: trigger.region, cluster: trigger.clusterName },
              },
            ]),
        ...roleScopes(trigger.roleArns, trigger),
      ];
    case 'association':
      return [clusterScope(trigger), ...roleScopes([trigger.roleArn, trigger.targetRoleArn], trigger)];
    case 'access-entry':
      return [clusterScope(trigger)];
    case 'unplaced':
      return [{ kind: 'account', account }];
    case 'session':
      return [];
  }
}

function clusterScope(of: { account: string; region: string; clusterName: string }): ClusterScope {
  return { kind: 'cluster', account: of.account, region: of.region, cluster: of.clusterName };
}

/** The roles that a call gave to a cluster, wherever they live. */
function roleScopes(
  arns: readonly (string | undefined)[],
  { account, region, clusterName }: { account: string; region: string; clusterName: string },
): readonly RoleScope[] {
  return [...new Set(arns)].flatMap((arn) => {
    const found = arn === undefined ? undefined : roleOfArn(arn);
    if (found === undefined) return [];
    const role = { kind: 'role' as const, account: found.account, role: found.roleName };
    return [found.account === account ? { ...role, after: { region, cluster: clusterName } } : role];
  });
}

/** One text per scope. IAM tells role names apart without regard to case, so case is dropped. */
export function scopeKey(scope: Scope): string {
  const subject = subjectKey(scope);
  return `${scope.kind}/${scope.account}${subject === '' ? '' : `/${subject}`}`;
}

function subjectKey(scope: Scope): string {
  switch (scope.kind) {
    case 'role':
      return scope.role.toLowerCase();
    case 'cluster':
      return `${scope.region}/${scope.cluster}`;
    case 'issuer':
      return scope.issuer;
    case 'policy':
      return scope.policy;
    case 'account':
      return '';
  }
}

/** `role payments-api in account 111122223333`: for messages. */
export function describeScope(scope: Scope): string {
  switch (scope.kind) {
    case 'role':
      return `role ${scope.role} in account ${scope.account}`;
    case 'cluster':
      return `cluster ${scope.cluster} in ${scope.region}, account ${scope.account}`;
    case 'issuer':
      return `issuer ${scope.issuer} in account ${scope.account}`;
    case 'policy':
      return `policy ${scope.policy} in account ${scope.account}`;
    case 'account':
      return `account ${scope.account}`;
  }
}
