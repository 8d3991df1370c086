import * as z from 'zod';
import type { ReadKubernetes } from '../aws/kubernetes-reader.ts';
import {
  type ClusterReference,
  clusterReferenceSchema,
  isAboutCluster,
} from '../config/cluster-reference.ts';

/** What bundling puts in the place of `process.env.PODTRUST_KUBERNETES`. */
export function bakedClusters(clusters: readonly ClusterReference[]): string {
  return JSON.stringify(clusters);
}

/** Milliseconds for all clusters of one collection: the function has ten minutes for everything. */
const ALL_WITHIN = 6 * 60 * 1000;
const ONE_WITHIN = 3 * 60 * 1000;

/**
 * Makes the reader of one collection: it asks the clusters that the deployment chose and no others. The Kubernetes client
 * is loaded when the first of them is met, so that accounts without any start as fast as ever.
 */
export function deployedReader(baked: string, now: () => Date): () => ReadKubernetes {
  const chosen = z.array(clusterReferenceSchema).parse(JSON.parse(baked));
  return () => {
    let reader: Promise<ReadKubernetes> | undefined;
    const end = AbortSignal.timeout(ALL_WITHIN);
    return async (cluster) => {
      if (!chosen.some((reference) => isAboutCluster(reference, cluster))) return null;
      reader ??= loadReader(now, end);
      return (await reader)(cluster);
    };
  };
}

async function loadReader(now: () => Date, end: AbortSignal): Promise<ReadKubernetes> {
  const { kubernetesReader } = await import('./reader.ts');
  const { instanceClients, instanceFacts } = await import('../aws/reads/instances.ts');
  return kubernetesReader({ now, end, within: ONE_WITHIN, instances: instanceFacts(instanceClients({})) });
}
