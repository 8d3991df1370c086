import type { Kubernetes, RbacBinding, RbacRole } from '../../estate/kubernetes-schema.ts';
import { type Identity, MASTERS, type RbacRequest, type RbacSubject, serviceAccountOf } from './request.ts';
import { type PolicyRule, ruleAllows } from './rule-allows.ts';

/** Somebody who may do what was asked, and through which binding. */
interface Holder {
  readonly subject: RbacSubject;
  readonly binding: RbacBinding;
}

/** Who may do one thing. */
interface Allowed {
  /** Every subject that some binding allows it, once. */
  readonly holders: readonly Holder[];
  /** The binding that allows it to a caller, `system:masters` for those who are not asked, or null. */
  readonly to: (who: Identity) => RbacBinding | typeof MASTERS | null;
}

/** The RBAC authorizer of one cluster. */
export interface Authorizer {
  readonly who: (request: RbacRequest) => Allowed;
  /** Roles and ClusterRoles, each with its rules. */
  readonly roles: readonly RbacRole[];
}

/**
 * Decides requests as Kubernetes' RBAC authorizer does: ClusterRoleBindings always count, RoleBindings within their
 * namespace; a binding whose role does not exist gives nothing. Other authorizers of EKS (access policies, nodes) are
 * not part of it. The cost of a question grows with the bindings of its namespace; each question is answered once.
 *
 * Source: kubernetes, plugin/pkg/auth/authorizer/rbac and pkg/registry/rbac/validation (subjects, role references).
 */
export function buildAuthorizer({ roles = [], bindings = [] }: Kubernetes): Authorizer {
  const rulesByRole = new Map(roles.map((role) => [roleKey(role.namespace, role.name), role.rules]));
  const byNamespace = Map.groupBy(bindings, ({ namespace }) => namespace ?? '');
  const rulesOf = ({ role, namespace }: RbacBinding): readonly PolicyRule[] =>
    rulesByRole.get(roleKey(role.kind === 'Role' ? namespace : undefined, role.name)) ?? [];
  const answers = new Map<string, Allowed>();
  return {
    roles,
    who: (request) => {
      const key = JSON.stringify(request);
      const known = answers.get(key);
      if (known !== undefined) return known;
      const namespace = 'path' in request ? undefined : request.namespace;
      const candidates = [
        ...(byNamespace.get('') ?? []),
        ...(namespace === undefined ? [] : (byNamespace.get(namespace) ?? [])),
      ];
      const answer = allowed(
        candidates.filter((binding) => rulesOf(binding).some((rule) => ruleAllows(rule, request))),
      );
      answers.set(key, answer);
      return answer;
    },
  };
}

const roleKey = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

function allowed(bindings: readonly RbacBinding[]): Allowed {
  const holders = new Map<string, Holder>();
  for (const binding of bindings) {
    for (const one of binding.subjects) {
      const subject = withNamespace(one, binding);
      const key = subjectKey(subject);
      if (!holders.has(key)) holders.set(key, { subject, binding });
    }
  }
  return {
    holders: [...holders.values()],
    to: (who) => {
      if (who.groups.includes(MASTERS)) return MASTERS;
      const key = keysOf(who).find((one) => holders.has(one));
      return key === undefined ? null : (holders.get(key)?.binding ?? null);
    },
  };
}

/** A ServiceAccount without a namespace is one of the binding's own (kubernetes, rbac validation, appliesToUser). */
function withNamespace(subject: RbacSubject, { namespace }: RbacBinding): RbacSubject {
  if (subject.kind !== 'ServiceAccount' || subject.namespace || namespace === undefined) return subject;
  return { ...subject, namespace };
}

/** What tells subjects apart. */
export function subjectKey({ kind, namespace, name }: RbacSubject): string {
  return JSON.stringify([kind, kind === 'ServiceAccount' ? (namespace ?? '') : '', name]);
}

/** The subjects that a binding may name to mean a caller. */
function keysOf({ user, groups }: Identity): string[] {
  const account = serviceAccountOf(user);
  return [
    subjectKey({ kind: 'User', name: user }),
    ...(account === null ? [] : [subjectKey({ kind: 'ServiceAccount', ...account })]),
    ...groups.map((name) => subjectKey({ kind: 'Group', name })),
  ];
}
