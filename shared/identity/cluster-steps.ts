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
