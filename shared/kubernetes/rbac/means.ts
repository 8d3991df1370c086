import type { Authorizer } from './authorizer.ts';
import type { RbacRequest, RbacSubject, ResourceRequest } from './request.ts';
import { ruleAllows } from './rule-allows.ts';

/** The ServiceAccount that somebody wants to act as. */
export interface Target {
  readonly namespace: string;
  readonly name: string;
  /** True when pods run as it: only then is there something to enter. */
  readonly runs: boolean;
  /** True when a token of it is all that one needs: for web identity; Pod Identity wants a token bound to a pod. */
  readonly byToken: boolean;
}

export type MeansName =
  | 'run-pods'
  | 'change-workloads'
  | 'enter-pods'
  | 'proxy-to-nodes'
  | 'request-tokens'
  | 'impersonate'
  | 'bind-roles'
  | 'widen-roles';

/** Requests that together are enough. */
type Together = readonly [RbacRequest, ...RbacRequest[]];

/** One way to act as a ServiceAccount: any of the alternatives will do. */
export interface Means {
  readonly means: MeansName;
  readonly alternatives: readonly Together[];
  /** Whom one acts as in between. */
  readonly as?: RbacSubject;
}

/** Built-in kinds whose controllers make pods with any ServiceAccount of the namespace. */
const WORKLOADS: readonly (readonly [group: string, resource: string])[] = [
  ['apps', 'deployments'],
  ['apps', 'statefulsets'],
  ['apps', 'daemonsets'],
  ['apps', 'replicasets'],
  ['', 'replicationcontrollers'],
  ['batch', 'jobs'],
  ['batch', 'cronjobs'],
];

const alone = (requests: readonly RbacRequest[]): Together[] => requests.map((request) => [request]);

/**
 * What lets somebody act as a ServiceAccount at once (Kubernetes, RBAC good practices: privilege escalation risks). An
 * update of a pod can change its images. `get` on `pods/exec` opens a session over a WebSocket before Kubernetes 1.35.
 */
export function directMeans({ namespace, name, runs, byToken }: Target): Means[] {
  const pods = { group: '', resource: 'pods', namespace };
  const token = { group: '', resource: 'serviceaccounts', subresource: 'token', namespace, name };
  const means: Means[] = [
    { means: 'run-pods', alternatives: alone([{ verb: 'create', ...pods }]) },
    {
      means: 'change-workloads',
      alternatives: alone(
        WORKLOADS.flatMap(([group, resource]) =>
          ['create', 'update', 'patch'].map((verb) => ({ verb, group, resource, namespace })),
        ),
      ),
    },
    ...(byToken
      ? [{ means: 'request-tokens' as const, alternatives: alone([{ verb: 'create', ...token }]) }]
      : []),
  ];
  if (!runs) return means;
  const sessions = ['exec', 'attach'].flatMap((subresource) =>
    ['create', 'get'].map((verb) => ({ verb, ...pods, subresource })),
  );
  const changes = ['update', 'patch'].flatMap((verb) => [
    { verb, ...pods },
    { verb, ...pods, subresource: 'ephemeralcontainers' },
  ]);
  const nodes = { group: '', resource: 'nodes', subresource: 'proxy' };
  return [
    ...means,
    { means: 'enter-pods', alternatives: alone([...sessions, ...changes]) },
    {
      means: 'proxy-to-nodes',
      alternatives: alone([
        { verb: 'create', ...nodes },
        { verb: 'get', ...nodes },
      ]),
    },
  ];
}

/**
 * What lets somebody give themselves such rights: binding a role that holds them, with the verb `bind`, or widening a
 * role, with the verb `escalate`. Without those verbs the API server gives nobody what he does not hold (kubernetes,
 * pkg/registry/rbac: escalation check).
 */
export function rbacMeans(target: Target, { roles }: Authorizer): Means[] {
  const { namespace } = target;
  const wanted = directMeans(target).flatMap(({ alternatives }) => alternatives.flat());
  const useful = roles.filter(
    (role) =>
      (role.namespace === undefined || role.namespace === namespace) &&
      role.rules.some((rule) => wanted.some((request) => ruleAllows(rule, request))),
  );
  const write = (resource: string, place: Place): RbacRequest[] =>
    ['create', 'update', 'patch'].map((verb) => ({ ...rbac(resource, place), verb, anyName: true }));
  const escalate = (resource: string, place: Place): RbacRequest => ({
    ...rbac(resource, place),
    verb: 'escalate',
    anyName: true,
  });
  const places: readonly (readonly [bindings: string, roles: string, place: Place])[] = [
    ['rolebindings', 'roles', { namespace }],
    ['clusterrolebindings', 'clusterroles', {}],
  ];
  const binds = places.flatMap(([bindings, , place]) =>
    write(bindings, place).flatMap((writing): Together[] =>
      useful
        .filter((role) => role.namespace === undefined || bindings === 'rolebindings')
        .map((role): Together => {
          const kind = role.namespace === undefined ? 'clusterroles' : 'roles';
          return [writing, { ...rbac(kind, place), verb: 'bind', name: role.name }];
        }),
    ),
  );
  const widens = places.flatMap(([, kind, place]) =>
    write(kind, place)
      .filter(({ verb }) => verb !== 'create')
      .map((writing): Together => [writing, escalate(kind, place)]),
  );
  return [
    { means: 'bind-roles', alternatives: binds },
    { means: 'widen-roles', alternatives: widens },
  ];
}

type Place = Pick<ResourceRequest, 'namespace'>;

const rbac = (resource: string, place: Place) => ({
  group: 'rbac.authorization.k8s.io',
  resource,
  ...place,
});

/**
 * What lets somebody act as a user, group or ServiceAccount. A group is impersonated along with some user (kubernetes,
 * apiserver, endpoints/filters/impersonation).
 */
export function impersonation(as: RbacSubject): Means {
  return { means: 'impersonate', as, alternatives: impersonating(as) };
}

function impersonating({ kind, namespace, name }: RbacSubject): Together[] {
  const core = { verb: 'impersonate', group: '' };
  switch (kind) {
    case 'User':
      return [[{ ...core, resource: 'users', name }]];
    case 'Group': {
      const group = { ...core, resource: 'groups', name };
      return [
        [group, { ...core, resource: 'users', anyName: true }],
        [group, { ...core, resource: 'serviceaccounts', anyName: true }],
      ];
    }
    case 'ServiceAccount':
      return [
        [{ ...core, resource: 'serviceaccounts', namespace: namespace ?? '', name }],
        [{ ...core, resource: 'users', name: `system:serviceaccount:${namespace ?? ''}:${name}` }],
      ];
  }
}
