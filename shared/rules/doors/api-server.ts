import type { ClusterView } from '../../estate/estate.ts';

/** Clusters in these states have no API server to ask. */
const WITHOUT = new Set(['CREATING', 'DELETING', 'FAILED', 'PENDING']);

/** True for a cluster whose Kubernetes API can be asked, as far as its status tells. */
export function hasApiServer({ cluster }: ClusterView): boolean {
  return !WITHOUT.has(cluster.status ?? '');
}
