import type { Change } from './change.ts';

/** One change in one line: what is done to what. */
export function describeChange(change: Change): string {
  const verb = change.before === null ? 'create' : change.after === null ? 'delete' : 'change';
  return `${verb} ${describeTarget(change)}`;
}

/** What a change changes, to stand within a sentence. */
export function describeTarget(change: Change): string {
  switch (change.kind) {
    case 'oidc-provider':
      return `the OIDC provider ${change.target.arn}`;
    case 'trust-policy':
      return `the trust policy of ${change.target.arn}`;
    case 'pod-identity-association':
      return `the Pod Identity association of ${change.target.namespace}/${change.target.serviceAccount} in ${change.target.cluster}`;
    case 'addon':
      return `the add-on ${change.target.addon} of ${change.target.cluster}`;
    case 'access-entry':
      return `the access entry of ${change.target.principal} in ${change.target.cluster}`;
    case 'access-policy':
      return `the access policy ${change.target.policy} of ${change.target.principal} in ${change.target.cluster}`;
    case 'aws-auth':
      return `the ConfigMap aws-auth of ${change.target.cluster}`;
    case 'authentication-mode':
      return `the authentication mode of ${change.target.cluster}`;
    case 'service-account-annotation':
      return `the annotation ${change.target.annotation} of ${change.target.namespace}/${change.target.serviceAccount} in ${change.target.cluster}`;
  }
}
