import type { RbacBinding } from '../../estate/kubernetes-schema.ts';

/** Whom a binding names. */
export type RbacSubject = RbacBinding['subjects'][number];

/** What somebody asks of the Kubernetes API, as its authorizer sees it (Kubernetes, Authorization: request attributes). */
export type RbacRequest = ResourceRequest | PathRequest;

export interface ResourceRequest {
  readonly verb: string;
  /** API group, empty for the core. */
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: of the cluster as a whole, or of all namespaces. */
  readonly namespace?: string;
  /** Absent where the request names no object, as with `list`, and `create` of most things. */
  readonly name?: string;
  /** True for the question whether some object would do, whichever it is: asked by nobody but podtrust. */
  readonly anyName?: true;
}

/** A request for something that is no resource: `/healthz`. */
interface PathRequest {
  readonly verb: string;
  readonly path: string;
}

/** Whom the API server takes a caller for. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** The group whose members the API server asks nothing (Kubernetes, RBAC: default roles and role bindings). */
export const MASTERS = 'system:masters';

const AUTHENTICATED = 'system:authenticated';
const ANONYMOUS = 'system:anonymous';

/** The identity of a ServiceAccount, with the groups that the API server gives it (Kubernetes, RBAC: referring to subjects). */
function serviceAccountIdentity(namespace: string, name: string): Identity {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
  };
}

/** The namespace and name in a ServiceAccount's user name, or null for any other user. */
export function serviceAccountOf(user: string): { readonly namespace: string; readonly name: string } | null {
  const [system, kind, namespace, name, ...rest] = user.split(':');
  if (system !== 'system' || kind !== 'serviceaccount' || rest.length > 0) return null;
  return namespace && name ? { namespace, name } : null;
}

/** Whom the API server takes a caller for that is known by one subject of bindings alone. */
export function identityOf({ kind, namespace, name }: RbacSubject): Identity {
  switch (kind) {
    case 'ServiceAccount':
      return serviceAccountIdentity(namespace ?? '', name);
    case 'User': {
      const account = serviceAccountOf(name);
      if (account !== null) return serviceAccountIdentity(account.namespace, account.name);
      return { user: name, groups: name === ANONYMOUS ? ['system:unauthenticated'] : [AUTHENTICATED] };
    }
    case 'Group':
      return {
        user: '',
        groups: name === AUTHENTICATED || name === 'system:unauthenticated' ? [name] : [name, AUTHENTICATED],
      };
  }
}
