import type { ClusterView, Missing } from '../../estate/estate.ts';
import type { RbacBinding, RbacRole } from '../../estate/kubernetes-schema.ts';
import type { AccessGrade } from './policies.ts';
import { mayBeUsername } from './username.ts';

/** The group that the API server never refuses anything (kubernetes, user.SystemPrivilegedGroup). */
export const MASTERS = 'system:masters';

/** One thing that a binding gives. */
export interface Grant {
  readonly grade: AccessGrade;
  readonly clusterWide: boolean;
  /** In words: `ClusterRoleBinding ops → cluster-admin`. */
  readonly text: string;
}

/** What the bindings of a cluster give to a username or groups, and what of them was not read. */
export interface Bound {
  readonly grants: readonly Grant[];
  readonly missing: Missing | null;
}

/** Groups that the API server gives to whoever signs in. */
const EVERYONE = 'system:authenticated';

/** Bound to everyone from the start: they give no access to anything of anybody's (Kubernetes, RBAC, Discovery roles). */
const HARMLESS: ReadonlySet<string> = new Set([
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
]);

/** Groups of Kubernetes itself (Kubernetes, "Using RBAC Authorization", default roles; `user.go` of apiserver). */
const KUBERNETES_GROUPS: ReadonlySet<string> = new Set([
  'system:authenticated',
  'system:bootstrappers',
  'system:masters',
  'system:monitoring',
  'system:node-proxier',
  'system:nodes',
  'system:serviceaccounts',
  'system:unauthenticated',
]);

/**
 * Groups of EKS and Kubernetes themselves, whose rights are built in or bound by objects that come with the cluster. Others
 * that begin with `system:` are slips: `system:master`.
 */
export function isBuiltInGroup(group: string): boolean {
  return KUBERNETES_GROUPS.has(group) || /^(eks|system:serviceaccounts|system:bootstrappers):/.test(group);
}

/** Groups of nodes, and of the bootstrapping of nodes. */
export const NODE_GROUPS: ReadonlySet<string> = new Set([
  'system:nodes',
  'system:bootstrappers',
  'system:node-proxier',
  'eks:kube-proxy-windows',
]);

/**
 * True for a member of system:nodes who is no node: nodes are called `system:node:` and their name (Kubernetes,
 * `nodeidentifier/default.go`), and the group by itself has no rights.
 */
export function isMisnamedNode(groups: readonly string[], username: string | null): boolean {
  return groups.includes('system:nodes') && username !== null && !username.startsWith('system:node:');
}

/** What bindings give to a caller. `username` may hold braces for what is not known of it. */
export function boundTo(cluster: ClusterView, username: string | null, groups: readonly string[]): Bound {
  const { bindings = [], roles = [] } = cluster.kubernetes.data;
  const names = new Set([...groups, EVERYONE]);
  const byName = new Map(roles.map((role) => [roleKey(role), role]));
  const grants = bindings
    .filter((binding) => isFor(binding, username, names))
    .flatMap((binding) => grantOf(binding, byName, cluster.kubernetes.missing('roles')) ?? []);
  return { grants, missing: cluster.kubernetes.missing('bindings') };
}

function isFor(
  { role, subjects }: RbacBinding,
  username: string | null,
  groups: ReadonlySet<string>,
): boolean {
  return subjects.some(({ kind, name }) => {
    if (kind === 'Group') return groups.has(name) && !(name === EVERYONE && HARMLESS.has(role.name));
    return kind === 'User' && username !== null && mayBeUsername(username, name);
  });
}

/** Bindings for a caller whose role does not exist, in words: `RoleBinding shop/ops names ClusterRole ops, which does not exist`. */
export function danglingBindings(
  { kubernetes }: ClusterView,
  username: string | null,
  groups: readonly string[],
): string[] {
  const { bindings = [], roles = [] } = kubernetes.data;
  if (kubernetes.missing('roles') !== null) return [];
  const existing = new Set(roles.map(roleKey));
  return bindings
    .filter((binding) => isFor(binding, username, new Set(groups)) && !existing.has(roleKeyOf(binding)))
    .map(
      (binding) =>
        `${bindingName(binding)} names ${binding.role.kind} ${binding.role.name}, which does not exist`,
    );
}

/** `ClusterRoleBinding ops`, `RoleBinding shop/ops`. */
export function bindingName({ namespace, name }: Pick<RbacBinding, 'namespace' | 'name'>): string {
  return namespace === undefined ? `ClusterRoleBinding ${name}` : `RoleBinding ${namespace}/${name}`;
}

function roleKeyOf({ namespace, role }: RbacBinding): string {
  const owner = role.kind === 'Role' && namespace !== undefined ? { namespace } : {};
  return roleKey({ ...owner, name: role.name });
}

const roleKey = ({ namespace, name }: Pick<RbacRole, 'namespace' | 'name'>): string =>
  JSON.stringify([namespace ?? null, name]);

/** A binding to a role that does not exist gives nothing. */
function grantOf(
  binding: RbacBinding,
  roles: ReadonlyMap<string, RbacRole>,
  missing: Missing | null,
): Grant | null {
  const { namespace, role } = binding;
  const rules = roles.get(roleKeyOf(binding))?.rules;
  if (rules === undefined && missing === null) return null;
  return {
    grade: gradeOf(role, rules, namespace === undefined),
    clusterWide: namespace === undefined,
    text: `${bindingName(binding)} → ${role.name}`,
  };
}

/** The user-facing ClusterRoles of Kubernetes (Kubernetes, RBAC, User-facing roles). */
const USER_FACING: Readonly<Record<string, AccessGrade>> = { admin: 'admin', edit: 'write', view: 'view' };

function gradeOf(
  { kind, name }: RbacBinding['role'],
  rules: RbacRole['rules'] | undefined,
  clusterWide: boolean,
): AccessGrade {
  const whole = clusterWide ? 'cluster-admin' : 'admin';
  if (rules?.some(isEverything)) return whole;
  if (kind === 'ClusterRole' && name === 'cluster-admin') return rules === undefined ? whole : 'other';
  if (kind === 'ClusterRole' && Object.hasOwn(USER_FACING, name)) return USER_FACING[name] ?? 'other';
  if (rules === undefined) return 'unknown';
  return rules.length === 0 ? 'none' : 'other';
}

function isEverything({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
}: RbacRole['rules'][number]): boolean {
  return (
    verbs.includes('*') && apiGroups.includes('*') && resources.includes('*') && resourceNames.length === 0
  );
}
