import type { Where } from './finding.ts';

/** A part of the estate that is judged as one: everything in an account, or about one role, cluster or ServiceAccount. */
export type FindingScope =
  | { readonly kind: 'account'; readonly account: string }
  /** `role`: the name without its path, in any case: what IAM's events carry, and what is left of a deleted role. */
  | { readonly kind: 'role'; readonly account: string; readonly role: string }
  | { readonly kind: 'cluster'; readonly account: string; readonly region: string; readonly cluster: string }
  | {
      readonly kind: 'service-account';
      readonly account: string;
      readonly region: string;
      readonly cluster: string;
      readonly namespace: string;
      readonly serviceAccount: string;
    };

/** One text per scope, distinct for distinct scopes. */
export function findingScopeKey(scope: FindingScope): string {
  switch (scope.kind) {
    case 'account':
      return key([scope.kind, scope.account]);
    case 'role':
      return key([scope.kind, scope.account, scope.role.toLowerCase()]);
    case 'cluster':
      return key([scope.kind, scope.account, scope.region, scope.cluster]);
    case 'service-account':
      return key([
        scope.kind,
        scope.account,
        scope.region,
        scope.cluster,
        scope.namespace,
        scope.serviceAccount,
      ]);
  }
}

/** Every scope that a place lies in: whoever judges one of them judges this place too. */
export function scopesAround(where: Where): readonly FindingScope[] {
  const { account, region, cluster, namespace, serviceAccount } = where;
  const scopes: FindingScope[] = [{ kind: 'account', account }];
  const role = ownRoleName(where);
  if (role !== null) scopes.push({ kind: 'role', account, role });
  if (region === undefined || cluster === undefined) return scopes;
  scopes.push({ kind: 'cluster', account, region, cluster });
  if (namespace === undefined || serviceAccount === undefined) return scopes;
  scopes.push({ kind: 'service-account', account, region, cluster, namespace, serviceAccount });
  return scopes;
}

/** Whether a place lies in a scope. */
export function inScope(where: Where, scope: FindingScope): boolean {
  const wanted = findingScopeKey(scope);
  return scopesAround(where).some((around) => findingScopeKey(around) === wanted);
}

/**
 * Name, in lower case, of a place's role when the role belongs to the place's own account. A role of the same name in
 * another account is another role: to judge the one says nothing about the other.
 */
export function ownRoleName({ account, role }: Where): string | null {
  if (role === undefined) return null;
  const [, , , , owner, ...resource] = role.split(':');
  if (owner !== account) return null;
  const name = resource.join(':').split('/').at(-1);
  return name === undefined || name === '' ? null : name.toLowerCase();
}

/** Texts may hold any separator, so they are joined as JSON. */
function key(parts: readonly string[]): string {
  return JSON.stringify(parts);
}
