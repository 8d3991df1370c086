import { NoKubernetesError } from '../../aws/changes/errors.ts';
import type { Fixes } from '../../config/fixes.ts';
import type { ReachedCluster } from '../reader.ts';
import type { ClusterObjects } from './objects.ts';

/**
 * Objects of the clusters that the configuration lets the deployed functions write, with the credentials that a change
 * enters its account by; of every other, NoKubernetesError. The Kubernetes client is loaded with the first of them.
 */
export function deployedObjects(
  { kubernetes }: Pick<Fixes, 'kubernetes'>,
  now: () => Date,
): (cluster: ReachedCluster) => Promise<ClusterObjects> {
  return async (cluster) => {
    if (!kubernetes.some(({ cluster: arn }) => arn === cluster.arn))
      throw new NoKubernetesError(cluster.name);
    const { clusterObjectsOf } = await import('./cluster-objects.ts');
    return clusterObjectsOf({ now })(cluster);
  };
}
