import type { Account, Role, Snapshot } from '../../shared/estate/snapshot.ts';
import {
  estateOf,
  type Json,
  podIdentityStatement,
  role,
  trustPolicy,
} from '../../shared/rules/examples/estate.ts';

type Parts = NonNullable<Parameters<typeof estateOf>[0]>;

/** An estate whose only role has the given statements. */
export function trusting(
  statements: readonly Json[],
  parts: Parts & { readonly role?: Partial<Role> } = {},
): Snapshot {
  const { role: changes, ...rest } = parts;
  return estateOf({
    ...rest,
    roles: [role({ trustPolicy: trustPolicy(...statements), ...changes }), ...(rest.roles ?? [])],
  });
}

/** An estate in which lists of the account were not read. */
export function without(
  list: 'roles' | 'oidcProviders' | 'trails' | 'regions' | 'quotas',
  snapshot: Snapshot = estateOf(),
): Snapshot {
  return { ...snapshot, accounts: snapshot.accounts.map(({ [list]: _, ...account }): Account => account) };
}

/** Permissions of each grade, as changes to a role. */
export const ADMIN: Partial<Role> = { inlinePolicies: [inline('*', '*')] };
export const DATA: Partial<Role> = { inlinePolicies: [inline('s3:GetObject', '*')] };
export const LIMITED: Partial<Role> = { inlinePolicies: [inline('cloudwatch:PutMetricData', '*')] };
export const UNREAD: Partial<Role> = { attachedPolicies: ['arn:aws:iam::111122223333:policy/unread'] };

export function inline(action: string, resource: string): { name: string; document: string } {
  const statement = { Effect: 'Allow', Action: action, Resource: resource };
  return { name: 'own', document: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) };
}

/** Statements that have nothing to do with pods. */
export const EC2: Json = {
  Effect: 'Allow',
  Principal: { Service: 'ec2.amazonaws.com' },
  Action: 'sts:AssumeRole',
};
export const LAMBDA: Json = {
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
};
export const GITHUB: Json = {
  Effect: 'Allow',
  Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:example/*' } },
};

/** Trust in Pod Identity as EKS documents it, without conditions. */
export const ANY_POD: Json = {
  Effect: 'Allow',
  Principal: { Service: 'pods.eks.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
};
export const ONE_POD: Json = podIdentityStatement();
