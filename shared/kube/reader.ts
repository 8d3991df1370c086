import type { KubeConfig } from '@kubernetes/client-node';
import pLimit from 'p-limit';
import type { KubernetesEndpoint, KubernetesRead, ReadKubernetes } from '../aws/kubernetes-reader.ts';
import { KUBERNETES_CONNECT } from '../estate/kubernetes-view.ts';
import { entryCommand } from '../kubernetes/access/read-entry.ts';
import { type Connection, type ConnectOptions, connectBy, connectTo } from './connect.ts';
import { type KubernetesReading, readKubernetes } from './read-kubernetes.ts';
import type { InstancesRead } from './reads/nodes.ts';
import { tokenSource } from './token.ts';

/** What of a cluster's description tells how it is reached. */
export type ReachedCluster = Omit<KubernetesEndpoint, 'principal' | 'tags'>;

export interface ReaderOptions {
  readonly now: () => Date;
  /** A kubeconfig for the one cluster that its context is about; the others are not asked. */
  readonly kubeconfig?: KubeConfig;
  readonly connect?: ConnectOptions;
  /** Milliseconds within which a cluster must answer for the first time. */
  readonly firstAnswer?: number;
  /** Milliseconds for one cluster as a whole. */
  readonly within?: number;
  /** Ends every reading: what was not read by then is a gap. */
  readonly end?: AbortSignal;
  /** How many clusters are read at once; four unless told. */
  readonly atOnce?: number;
  /** What EC2 tells of the instances of a cluster's account and region. */
  readonly instances?: (cluster: KubernetesEndpoint, ids: readonly string[]) => Promise<InstancesRead>;
}

const WITHIN = 10 * 60 * 1000;
const AT_ONCE = 4;

/** Reads Kubernetes APIs with the caller's AWS credentials, or one of them by a kubeconfig. Never rejects. */
export function kubernetesReader(options: ReaderOptions): ReadKubernetes {
  const limit = pLimit(options.atOnce ?? AT_ONCE);
  return async (cluster) => {
    if (options.kubeconfig !== undefined && !isOf(options.kubeconfig, cluster)) return null;
    return limit(() => readOne(cluster, options));
  };
}

async function readOne(cluster: KubernetesEndpoint, options: ReaderOptions): Promise<KubernetesRead> {
  const within = AbortSignal.timeout(options.within ?? WITHIN);
  const signal = options.end === undefined ? within : AbortSignal.any([within, options.end]);
  const connection = open(cluster, options, signal);
  if (connection === null) {
    const reason = 'DescribeCluster showed no endpoint or no certificate authority';
    return { data: undefined, gaps: [{ read: KUBERNETES_CONNECT, reason }] };
  }
  try {
    const { instances } = options;
    const reading = await readKubernetes(connection, {
      now: options.now,
      ...(options.firstAnswer === undefined ? {} : { firstAnswer: options.firstAnswer }),
      ...(instances === undefined ? {} : { instances: (ids) => instances(cluster, ids) }),
    });
    return { data: reading.data, gaps: withEntry(reading, cluster, options) };
  } finally {
    await connection.close();
  }
}

/** Connects to a cluster, by its endpoint or by a kubeconfig; null where DescribeCluster did not show how. */
export function open(
  cluster: ReachedCluster,
  options: Pick<ReaderOptions, 'connect' | 'kubeconfig' | 'now'>,
  signal?: AbortSignal,
): Connection | null {
  const connect: ConnectOptions = { ...options.connect, ...(signal === undefined ? {} : { signal }) };
  if (options.kubeconfig !== undefined) return connectBy(options.kubeconfig, connect);
  const { server, certificateAuthority, outpostId, name, region, partition, credentials } = cluster;
  // Without an authority Node.js would trust whom it trusts on the web.
  if (!server || !certificateAuthority) return null;
  const token = tokenSource(credentials, { id: outpostId ?? name, region, partition }, options.now);
  return connectTo({ server, certificateAuthority, token }, connect);
}

/** What a caller without an entry has to be given. */
function withEntry(
  { gaps, refused }: KubernetesReading,
  cluster: KubernetesEndpoint,
  { kubeconfig }: ReaderOptions,
): KubernetesRead['gaps'] {
  if (refused?.kind !== 'unauthorized' || kubeconfig !== undefined) return gaps;
  const { name, region, principal } = cluster;
  const create = entryCommand({ cluster: name, region, principal });
  const path = principal.includes(':role/') ? " (the role's path, if it has one, belongs into its ARN)" : '';
  return gaps.map(({ read, reason }) => ({ read, reason: `${reason}; ${create}${path}` }));
}

/** True when a context is about a cluster: by its endpoint, or by its ARN in the name that the AWS command line gives. */
export function isOf(config: KubeConfig, { arn, server }: ReachedCluster): boolean {
  const cluster = config.getCurrentCluster();
  const context = config.getContextObject(config.getCurrentContext());
  const same = (address: string | undefined) => address?.replace(/\/+$/, '').toLowerCase();
  return (
    (server !== undefined && same(cluster?.server) === same(server)) ||
    [cluster?.name, context?.name, context?.cluster].includes(arn)
  );
}
