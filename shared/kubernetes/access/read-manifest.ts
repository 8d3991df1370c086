import { stringify } from 'yaml';
import { READ_GROUP, READ_RIGHTS, type ReadRight } from './read-rights.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** An object as `kubectl apply` takes it. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly kind: string };

/**
 * What lets a group read what podtrust reads, and nothing else: a ClusterRole for the lists, and for `aws-auth` a Role in
 * its namespace, since a ClusterRole would open every ConfigMap of that name.
 */
export function readManifests(group = READ_GROUP): readonly Manifest[] {
  const everywhere = READ_RIGHTS.filter(({ only }) => only === undefined);
  const inside = READ_RIGHTS.filter(({ only }) => only !== undefined);
  const namespaces = [...new Set(inside.flatMap(({ only }) => only?.namespace ?? []))];
  return [
    role('ClusterRole', rulesOf(everywhere)),
    binding('ClusterRoleBinding', 'ClusterRole', group),
    ...namespaces.flatMap((namespace) => [
      role('Role', rulesOf(inside.filter(({ only }) => only?.namespace === namespace)), namespace),
      binding('RoleBinding', 'Role', group, namespace),
    ]),
  ];
}

/** The same as a file for `kubectl apply -f`. */
export function readManifestFile(): string {
  const documents = readManifests().map((one) => stringify(one, { lineWidth: 0 }));
  return `${HEADING}${documents.join('---\n')}`;
}

const HEADING = `# What podtrust reads of a cluster, and nothing else: the lists by name, and kube-system/aws-auth.
# Generated from the reads that the code makes (podtrust permissions --kubernetes --output yaml).
# kubectl apply -f podtrust-read.yaml, then give podtrust's role an access entry with the group podtrust-read.
`;

function role(kind: string, rules: readonly object[], namespace?: string): Manifest {
  return { apiVersion: `${RBAC}/v1`, kind, metadata: metadata(namespace), rules };
}

function binding(kind: string, of: string, group: string, namespace?: string): Manifest {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: metadata(namespace),
    roleRef: { apiGroup: RBAC, kind: of, name: READ_GROUP },
    subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }],
  };
}

const metadata = (namespace: string | undefined): object => ({
  name: READ_GROUP,
  ...(namespace === undefined ? {} : { namespace }),
});

/** One rule for each group, verb and name, as people write them. */
function rulesOf(rights: readonly ReadRight[]): object[] {
  const groups = Map.groupBy(rights, ({ apiGroup, verb, only }) => `${apiGroup} ${verb} ${only?.name ?? ''}`);
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    return [
      {
        apiGroups: [first.apiGroup],
        resources: alike.map(({ resource }) => resource),
        ...(first.only === undefined ? {} : { resourceNames: [first.only.name] }),
        verbs: [first.verb],
      },
    ];
  });
}
