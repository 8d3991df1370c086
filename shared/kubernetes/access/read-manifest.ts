import { bindingManifest, type Manifest, manifestFile, roleManifest } from './manifest.ts';
import { READ_GROUP, READ_RIGHTS, type ReadRight } from './read-rights.ts';

/**
 * What lets a group read what podtrust reads, and nothing else: a ClusterRole for the lists, and for `aws-auth` a Role in
 * its namespace, since a ClusterRole would open every ConfigMap of that name.
 */
export function readManifests(group = READ_GROUP): readonly Manifest[] {
  const everywhere = READ_RIGHTS.filter(({ only }) => only === undefined);
  const inside = READ_RIGHTS.filter(({ only }) => only !== undefined);
  const namespaces = [...new Set(inside.flatMap(({ only }) => only?.namespace ?? []))];
  return [
    roleManifest('ClusterRole', READ_GROUP, rulesOf(everywhere)),
    bindingManifest('ClusterRoleBinding', READ_GROUP, group),
    ...namespaces.flatMap((namespace) => [
      roleManifest(
        'Role',
        READ_GROUP,
        rulesOf(inside.filter(({ only }) => only?.namespace === namespace)),
        namespace,
      ),
      bindingManifest('RoleBinding', READ_GROUP, group, namespace),
    ]),
  ];
}

/** The same as a file for `kubectl apply -f`. */
export function readManifestFile(): string {
  return manifestFile(HEADING, readManifests());
}

const HEADING = `# What podtrust reads of a cluster, and nothing else: the lists by name, and kube-system/aws-auth.
# Generated from the reads that the code makes (podtrust permissions --kubernetes --output yaml).
# kubectl apply -f podtrust-read.yaml, then give podtrust's role an access entry with the group podtrust-read.
`;

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
