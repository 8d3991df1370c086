/** What amazon-eks-pod-identity-webhook is to give the pods of a ServiceAccount. */
import type { ServiceAccount } from '../../estate/kubernetes-schema.ts';

/** Annotations of ServiceAccounts and pods that the webhook reads, and the label that it passes pods over for. */
export const ROLE_ANNOTATION = 'eks.amazonaws.com/role-arn';
const AUDIENCE_ANNOTATION = 'eks.amazonaws.com/audience';
const REGIONAL_ANNOTATION = 'eks.amazonaws.com/sts-regional-endpoints';
export const EXPIRATION_ANNOTATION = 'eks.amazonaws.com/token-expiration';
export const SKIP_CONTAINERS_ANNOTATION = 'eks.amazonaws.com/skip-containers';
export const SKIP_LABEL = 'eks.amazonaws.com/skip-pod-identity-webhook';

const POD_IDENTITY_AUDIENCE = 'pods.eks.amazonaws.com';
const STS_AUDIENCE = 'sts.amazonaws.com';

/** Seconds that a token lives unless annotated, and the least that the webhook asks for (pkg/constants.go). */
const DEFAULT_EXPIRATION = 86_400;
const LEAST_EXPIRATION = 600;

export type Binding =
  | { readonly mechanism: 'pod-identity'; readonly audience: string; readonly expiration: number }
  | {
      readonly mechanism: 'irsa';
      readonly roleArn: string;
      readonly audience: string;
      /** Seconds. */
      readonly expiration: number;
      /** Whether AWS_STS_REGIONAL_ENDPOINTS is set. */
      readonly regional: boolean;
    };

/**
 * What the webhook gives the pods of a ServiceAccount, or null for nothing. An association comes before an annotation,
 * and an empty annotation is none (amazon-eks-pod-identity-webhook, pkg/handler and pkg/cache). Whether the annotation is
 * a role's ARN is not asked: the webhook does not ask either.
 */
export function bindingOf(
  serviceAccount: Pick<ServiceAccount, 'annotations'> | undefined,
  associated: boolean,
): Binding | null {
  const annotations = serviceAccount?.annotations ?? {};
  const expiration = expirationIn(annotations) ?? DEFAULT_EXPIRATION;
  if (associated) return { mechanism: 'pod-identity', audience: POD_IDENTITY_AUDIENCE, expiration };
  const roleArn = annotations[ROLE_ANNOTATION];
  if (roleArn === undefined || roleArn === '') return null;
  const audience = annotations[AUDIENCE_ANNOTATION] ?? STS_AUDIENCE;
  const regional = booleanOf(annotations[REGIONAL_ANNOTATION]) ?? true;
  return { mechanism: 'irsa', roleArn, audience, expiration, regional };
}

/** The token-expiration of some annotations in seconds; what is no whole number counts as absent. */
export function expirationIn(annotations: Readonly<Record<string, string>>): number | null {
  const text = annotations[EXPIRATION_ANNOTATION];
  if (text === undefined || !/^[+-]?\d{1,15}$/.test(text)) return null;
  return Math.max(LEAST_EXPIRATION, Number(text));
}

/** As Go's strconv.ParseBool reads it. */
function booleanOf(text: string | undefined): boolean | null {
  if (text === undefined) return null;
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : null;
}
