import type { ClusterView } from '../estate/estate.ts';
import type { Association } from '../estate/snapshot.ts';
import type { Step } from './chain.ts';
import { unknown } from './checks.ts';

/** What the pods of a ServiceAccount should have been given. */
export type PodIdentity =
  | { readonly mechanism: 'irsa'; readonly roleArn: string; readonly audience: string }
  | { readonly mechanism: 'pod-identity'; readonly association: Association | null };

export interface PodQuestion {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly identity: PodIdentity;
}

/** Whether the webhook gave the running pods their identity, and whether nothing in them comes before it. */
export function podSteps({ identity }: PodQuestion): Step[] {
  return identity.mechanism === 'irsa'
    ? [
        unknown(
          'pod-identity-webhook',
          'Kubernetes shows whether the webhook gave the pods AWS_ROLE_ARN and a token.',
        ),
        unknown(
          'pod-credentials',
          'Kubernetes shows whether other credentials in the pods come before these.',
        ),
      ]
    : [
        unknown(
          'pod-identity-webhook',
          'Kubernetes shows whether the pods are younger than the association and got AWS_CONTAINER_CREDENTIALS_FULL_URI.',
        ),
        unknown(
          'pod-credentials',
          'Kubernetes shows whether other credentials in the pods, or a proxy, come before these.',
        ),
      ];
}
