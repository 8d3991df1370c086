import type { V1ClusterRoleBinding, V1Role, V1RoleBinding } from '@kubernetes/client-node';
import {
  type RbacBinding,
  type RbacRole,
  rbacBindingSchema,
  rbacRoleSchema,
} from '../../estate/kubernetes-schema.ts';
import type { Plain } from '../plain-list.ts';

/** A Role or ClusterRole, or null for what has not its shape. */
export function rbacRoleOf({ metadata, rules }: Pick<Plain<V1Role>, 'metadata' | 'rules'>): RbacRole | null {
  const parsed = rbacRoleSchema.safeParse({
    ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata?.name,
    rules: (rules ?? []).map(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) => ({
      verbs,
      ...(apiGroups === undefined ? {} : { apiGroups }),
      ...(resources === undefined ? {} : { resources }),
      ...(resourceNames === undefined ? {} : { resourceNames }),
      ...(nonResourceURLs === undefined ? {} : { nonResourceURLs }),
    })),
  });
  return parsed.success ? parsed.data : null;
}

/** A RoleBinding or ClusterRoleBinding, or null for what has not its shape. */
export function rbacBindingOf({
  metadata,
  roleRef,
  subjects,
}: Plain<V1RoleBinding | V1ClusterRoleBinding>): RbacBinding | null {
  const parsed = rbacBindingSchema.safeParse({
    ...(metadata?.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata?.name,
    role: { kind: roleRef.kind, name: roleRef.name },
    subjects: (subjects ?? []).map(({ kind, name, namespace }) => ({
      kind,
      name,
      ...(kind === 'ServiceAccount' && namespace !== undefined ? { namespace } : {}),
    })),
  });
  return parsed.success ? parsed.data : null;
}
