import type { ClusterView } from '../estate/estate.ts';
import type { PodGroup } from '../estate/kubernetes-schema.ts';

/** A web identity that pods set up themselves: variables and a token volume in their own specification. */
export interface OwnWebIdentity {
  /** Null: the value is not in the pod itself. */
  readonly roleArn: string | null;
  readonly audience: string;
}

/** The volume that the webhook adds (amazon-eks-pod-identity-webhook, handler): a token in any other is the pod's own. */
const WEBHOOK_VOLUMES = new Set(['aws-iam-token', 'eks-pod-identity-token']);

/** The web identity of a group of pods that does without the webhook, or null. */
export function ownWebIdentity({ containers, tokens }: PodGroup): OwnWebIdentity | null {
  const token = (tokens ?? []).find(
    ({ volume, audience }) => !WEBHOOK_VOLUMES.has(volume) && audience !== undefined,
  );
  if (token?.audience === undefined) return null;
  const variables = containers.filter(({ init }) => init !== true).flatMap(({ env }) => env);
  const role = variables.find(({ name }) => name === 'AWS_ROLE_ARN');
  const file = variables.some(({ name }) => name === 'AWS_WEB_IDENTITY_TOKEN_FILE');
  if (role === undefined || !file) return null;
  return { roleArn: role.value ?? null, audience: token.audience };
}

/** The one role that all running pods of a ServiceAccount ask for by themselves, or null. */
export function ownRoleOfAll(
  { kubernetes }: ClusterView,
  namespace: string,
  serviceAccount: string,
): { readonly roleArn: string; readonly audience: string } | null {
  const own = kubernetes.podsOf(namespace, serviceAccount).map(ownWebIdentity);
  const [first] = own;
  if (first === undefined || first === null || first.roleArn === null) return null;
  const same = own.every((one) => one?.roleArn === first.roleArn && one.audience === first.audience);
  return same ? { roleArn: first.roleArn, audience: first.audience } : null;
}
