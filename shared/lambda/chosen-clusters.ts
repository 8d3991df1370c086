import type { ReadKubernetes } from '../aws/kubernetes-reader.ts';
import { deployedReader } from '../kube/deployed-reader.ts';

/**
 * Makes the readers of the clusters that the deployment chose, or undefined. Bundling writes the choice here; where there
 * is none, it leaves out the Kubernetes client. For functions alone that read clusters: importing it weighs by itself.
 */
export function chosenClusters(now: () => Date): (() => ReadKubernetes) | undefined {
  return process.env['PODTRUST_KUBERNETES'] === undefined
    ? undefined
    : deployedReader(process.env['PODTRUST_KUBERNETES'], now);
}
