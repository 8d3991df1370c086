import type { ClusterView } from '../estate/estate.ts';
import type { Step } from './chain.ts';
import { fail, pass, unknown } from './checks.ts';

/** Is the cluster there and able to run pods? */
export function clusterSteps({ cluster, issuerKey }: ClusterView): Step[] {
  switch (cluster.status) {
    case undefined:
      // An issuer comes from the same answer as the status: the cluster was described, and the status not kept.
      if (issuerKey !== null) return [pass('cluster-active', `Cluster ${cluster.name} was described.`)];
      return [unknown('cluster-active', 'Not known: eks:DescribeCluster is missing.')];
    case 'ACTIVE':
    case 'UPDATING':
      return [pass('cluster-active', `Cluster ${cluster.name} is ${cluster.status}.`)];
    case 'DELETING':
    case 'FAILED':
      return [fail('cluster-active', `Cluster ${cluster.name} is ${cluster.status}.`)];
    default:
      return [
        unknown(
          'cluster-active',
          `Cluster ${cluster.name} is ${cluster.status}: ask again when it is ACTIVE.`,
        ),
      ];
  }
}

/** Checks that only Kubernetes decides, for a ServiceAccount that gets its role by annotation. */
export function kubernetesIrsaSteps(roleArn: string): Step[] {
  return [
    unknown('service-account', 'Whether the ServiceAccount exists is known to Kubernetes alone.'),
    unknown(
      'role-annotation',
      `Kubernetes shows whether the ServiceAccount has the annotation eks.amazonaws.com/role-arn: ${roleArn}.`,
    ),
    unknown(
      'pod-identity-webhook',
      'Kubernetes shows whether the webhook gave the pods AWS_ROLE_ARN and a token.',
    ),
    unknown('pod-credentials', 'Kubernetes shows whether other credentials in the pods come before these.'),
  ];
}

/** Checks that only Kubernetes decides, for a ServiceAccount with a Pod Identity association. */
export function kubernetesPodIdentitySteps(): Step[] {
  return [
    unknown('service-account', 'Whether the ServiceAccount exists is known to Kubernetes alone.'),
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
