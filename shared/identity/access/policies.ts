import type { AccessEntry } from '../../estate/snapshot.ts';

/** What somebody may do in a cluster, from everything to nothing; `node`: what a kubelet may; `other`: roles of one's own making. */
export const ACCESS_GRADES = [
  'cluster-admin',
  'admin',
  'write',
  'secrets',
  'view',
  'other',
  'node',
  'none',
  'unknown',
] as const;
export type AccessGrade = (typeof ACCESS_GRADES)[number];

/**
 * AWS's access policies for people (EKS user guide, "Review access policy permissions"): those modelled on Kubernetes'
 * user-facing roles, those for Secrets, and that of nodes of Auto Mode. `Edit` and `Admin` read Secrets too, and `AdminView`
 * reads everything. Policies for AWS's own components (storage, capabilities) and ones that came later are not here: unknown.
 */
const GRADES: Readonly<Record<string, AccessGrade>> = {
  AmazonEKSClusterAdminPolicy: 'cluster-admin',
  AmazonEKSAdminPolicy: 'admin',
  AmazonEKSEditPolicy: 'write',
  AmazonEKSSecretAdminPolicy: 'secrets',
  AmazonEKSSecretReaderPolicy: 'secrets',
  AmazonEKSAdminViewPolicy: 'secrets',
  AmazonEKSViewPolicy: 'view',
  AmazonEKSAutoNodePolicy: 'node',
};

export type PolicyGrant = NonNullable<AccessEntry['policies']>[number];

/** `AmazonEKSViewPolicy` of `arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`. */
export function policyName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The policy with which nodes of Auto Mode join, by an entry of type EC2 (EKS user guide, "Create a node class for Amazon EKS"). */
export const AUTO_NODE_POLICY = 'AmazonEKSAutoNodePolicy';

/** True for the policy of the nodes of Auto Mode. */
export function isAutoNodePolicy({ policyArn }: PolicyGrant): boolean {
  return policyName(policyArn) === AUTO_NODE_POLICY;
}

/** True when a grant covers every namespace: by the scope of the cluster, or by a pattern that takes them all. */
export function isClusterWide({ scope }: PolicyGrant): boolean {
  return scope.type === 'cluster' || (scope.namespaces ?? []).includes('*');
}

/** Grade of one grant. Within namespaces even the cluster administrator's policy gives their administration only. */
export function policyGrade(grant: PolicyGrant): AccessGrade {
  const name = policyName(grant.policyArn);
  const grade = (Object.hasOwn(GRADES, name) ? GRADES[name] : undefined) ?? 'unknown';
  if (grade === 'cluster-admin' && grant.scope.type !== 'cluster') return 'admin';
  if (grant.scope.type === 'namespace' && (grant.scope.namespaces ?? []).length === 0) return 'none';
  return grade;
}

/** A grant in words: `AmazonEKSViewPolicy in dev-*, test`. */
export function grantText({ policyArn, scope }: PolicyGrant): string {
  const where =
    scope.type === 'cluster' ? 'the cluster' : (scope.namespaces ?? []).join(', ') || 'no namespace';
  return `${policyName(policyArn)} in ${where}`;
}
