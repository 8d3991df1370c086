/** The group that may write aws-auth, and its Role. */
export const WRITE_GROUP = 'podtrust-write';
/** The group that may annotate ServiceAccounts, and its ClusterRole. */
export const ANNOTATE_GROUP = 'podtrust-annotate';

/** A rule of RBAC. */
interface WriteRight {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Every call of shared/kube/changes/aws-auth.ts: a ConfigMap is read, patched and removed by its name, and created. */
export const AWS_AUTH_RIGHTS: readonly WriteRight[] = [
  {
    apiGroups: [''],
    resources: ['configmaps'],
    resourceNames: ['aws-auth'],
    verbs: ['get', 'patch', 'delete'],
  },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] },
];

/** Every call of shared/kube/changes/service-account-annotation.ts. */
export const ANNOTATION_RIGHTS: readonly WriteRight[] = [
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'patch'] },
];
