import { stringify } from 'yaml';

const RBAC = 'rbac.authorization.k8s.io';

/** An object as `kubectl apply` takes it. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly kind: string };

/** A Role of a namespace, or a ClusterRole. */
export function roleManifest(
  kind: 'Role' | 'ClusterRole',
  name: string,
  rules: readonly object[],
  namespace?: string,
): Manifest {
  return { apiVersion: `${RBAC}/v1`, kind, metadata: metadata(name, namespace), rules };
}

/** Gives a group the role of the same name. */
export function bindingManifest(
  kind: 'RoleBinding' | 'ClusterRoleBinding',
  name: string,
  group: string,
  namespace?: string,
): Manifest {
  const role = kind === 'RoleBinding' ? 'Role' : 'ClusterRole';
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: metadata(name, namespace),
    roleRef: { apiGroup: RBAC, kind: role, name },
    subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }],
  };
}

/** Objects as one file for `kubectl apply -f`, behind comments. */
export function manifestFile(heading: string, manifests: readonly Manifest[]): string {
  return `${heading}${manifests.map((one) => stringify(one, { lineWidth: 0 })).join('---\n')}`;
}

const metadata = (name: string, namespace: string | undefined): object => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});
