import type { Config } from '../../shared/config/config.ts';
import { bakedClusters } from '../../shared/kube/deployed-reader.ts';
import { bakedConfig } from '../../shared/lambda/deployed-config.ts';
import type { FunctionName } from './pipeline-functions.ts';

/** Whether a function reads accounts as a whole, and the Kubernetes APIs of the clusters that the deployment chose. */
export const isReader = (name: FunctionName): boolean =>
  name === 'Collect' || name === 'CollectRegion' || name === 'Verify';

/** Functions that read and write the targets of changes, in clusters as well where `fixes.kubernetes` chooses some. */
const WRITERS: ReadonlySet<FunctionName> = new Set(['Apply', 'Verify', 'RollBack']);

const writesClusters = (name: FunctionName, { fixes }: Config): boolean =>
  WRITERS.has(name) && (fixes?.kubernetes ?? []).length > 0;

/** The VPC of a function that calls clusters, where one is configured; undefined: none. */
export function vpcOf(name: FunctionName, config: Config) {
  return isReader(name) || writesClusters(name, config) ? config.deployment.kubernetes?.vpc : undefined;
}

/** What bundling writes in the place of variables: `undefined` leaves the Kubernetes client out. */
export function bakedInto(
  name: FunctionName,
  configured: boolean,
  config: Config,
): Readonly<Record<string, string>> {
  const { kubernetes } = config.deployment;
  const clusters =
    kubernetes === undefined ? 'undefined' : JSON.stringify(bakedClusters(kubernetes.clusters));
  return {
    ...(configured && { 'process.env.PODTRUST_CONFIG': JSON.stringify(bakedConfig(config)) }),
    ...(isReader(name) && { 'process.env.PODTRUST_KUBERNETES': clusters }),
    ...(WRITERS.has(name) && {
      'process.env.PODTRUST_CLUSTER_WRITES': writesClusters(name, config) ? '"on"' : 'undefined',
    }),
  };
}
