import { bindingManifest, type Manifest, manifestFile, roleManifest } from './manifest.ts';
import { ANNOTATE_GROUP, ANNOTATION_RIGHTS, AWS_AUTH_RIGHTS, WRITE_GROUP } from './write-rights.ts';

const NAMESPACE = 'kube-system';

/** What lets a group write aws-auth, and nothing else: a Role in its namespace. */
export function writeManifests(): readonly Manifest[] {
  return [
    roleManifest('Role', WRITE_GROUP, AWS_AUTH_RIGHTS, NAMESPACE),
    bindingManifest('RoleBinding', WRITE_GROUP, WRITE_GROUP, NAMESPACE),
  ];
}

/** What lets a group annotate ServiceAccounts, in all namespaces: whoever has it chooses the roles of pods. */
export function annotateManifests(): readonly Manifest[] {
  return [
    roleManifest('ClusterRole', ANNOTATE_GROUP, ANNOTATION_RIGHTS),
    bindingManifest('ClusterRoleBinding', ANNOTATE_GROUP, ANNOTATE_GROUP),
  ];
}

/** docs/kubernetes/podtrust-write.yaml. */
export function writeManifestFile(): string {
  return manifestFile(
    `# What podtrust writes to a cluster: kube-system/aws-auth, read, changed, removed and made again; nothing else.
# Only where plans are to change aws-auth. Generated from the calls that changes make
# (podtrust permissions --kubernetes --write --output yaml).
# kubectl apply -f podtrust-write.yaml, then give the role that writes (the write role, or whoever applies plans by the
# command line) an access entry with the group ${WRITE_GROUP}.
# A creation has no name yet that RBAC could ask for: leave the last rule out where aws-auth is never to be made anew.
`,
    writeManifests(),
  );
}

/** docs/kubernetes/podtrust-annotate.yaml. */
export function annotateManifestFile(): string {
  return manifestFile(
    `# Lets podtrust annotate ServiceAccounts, each by a plan that a person approved: only where "annotations" is set for the
# cluster under fixes.kubernetes, or for podtrust apply --annotate. Generated from the calls that changes make.
# Whoever has these rights chooses the role of pods, as far as trust policies let them: instead of the ClusterRoleBinding a
# RoleBinding in each namespace narrows it. The access entry takes the group ${ANNOTATE_GROUP} besides ${WRITE_GROUP}.
`,
    annotateManifests(),
  );
}
