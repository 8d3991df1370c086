import type { Config } from '../config/config.ts';
import { deployedObjects } from '../kube/changes/deployed-objects.ts';

/**
 * How the clusters are written that the configuration chose, or undefined. Bundling says whether any is; where none is, it
 * leaves out the Kubernetes client.
 */
export function writtenClusters({ fixes }: Config) {
  return process.env['PODTRUST_CLUSTER_WRITES'] === undefined
    ? undefined
    : deployedObjects(fixes ?? { kubernetes: [] }, () => new Date());
}
