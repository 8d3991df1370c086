/** Subjects of ServiceAccount tokens: `system:serviceaccount:<namespace>:<name>`. */

export interface ServiceAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

export const SUBJECT_PREFIX = 'system:serviceaccount:';

/** The audience of the tokens that the EKS webhook mounts, in every partition (amazon-eks-pod-identity-webhook, README). */
export const STS_AUDIENCE = 'sts.amazonaws.com';

/** The service that assumes roles for EKS Pod Identity, in every partition (EKS user guide, Pod Identity role). */
export const POD_IDENTITY_SERVICE = 'pods.eks.amazonaws.com';

/** The `sub` claim of a ServiceAccount's token. */
export function subjectOf(namespace: string, serviceAccount: string): string {
  return `${SUBJECT_PREFIX}${namespace}:${serviceAccount}`;
}

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN_PART = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** Namespaces are RFC 1123 labels (Kubernetes, Object names and IDs). */
export function isNamespace(name: string): boolean {
  return LABEL.test(name);
}

/** ServiceAccount names are RFC 1123 subdomains (Kubernetes, Object names and IDs). */
export function isServiceAccountName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((part) => SUBDOMAIN_PART.test(part));
}

/** Whole subjects, but for the length of names and dots side by side in them. */
const SUBJECT =
  /^system:serviceaccount:([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?):([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)$/;

/** The ServiceAccount that a subject names, or null when no ServiceAccount can have it. */
export function parseSubject(subject: string): ServiceAccount | null {
  const match = SUBJECT.exec(subject);
  if (match === null) return null;
  const [, namespace = '', serviceAccount = ''] = match;
  const odd = serviceAccount.includes('.') || serviceAccount.length > 253;
  return odd && !isServiceAccountName(serviceAccount) ? null : { namespace, serviceAccount };
}

/** True when a text holds one of IAM's wildcards. */
export function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}
