import { ApiException, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Connection } from '../connect.ts';
import { failureOf } from '../failure.ts';
import { isOf, open, type ReachedCluster, type ReaderOptions } from '../reader.ts';
import { type ClusterObjects, ConflictError } from './objects.ts';

/** The API server of a cluster could not be reached or refused a request, and why in words. */
class KubernetesCallError extends Error {
  override readonly name = 'KubernetesCallError';
  constructor(object: string, reason: string, cause?: unknown) {
    super(`${object}: ${reason}`, cause === undefined ? undefined : { cause });
  }
}

/** Milliseconds for one request with its connection. */
const WITHIN = 60_000;

/** Objects of a cluster through its API server, a connection for each request: changes are few. */
export function clusterObjectsOf(
  options: Pick<ReaderOptions, 'connect' | 'kubeconfig' | 'now'>,
): (cluster: ReachedCluster) => Promise<ClusterObjects> {
  return async (cluster) =>
    objectsBy(async (object, act) => {
      if (options.kubeconfig !== undefined && !isOf(options.kubeconfig, cluster)) {
        throw new KubernetesCallError(object, `the kubeconfig's context is not about ${cluster.arn}`);
      }
      const connection = open(cluster, options, AbortSignal.timeout(WITHIN));
      if (connection === null) {
        const reason = 'DescribeCluster showed no endpoint or no certificate authority';
        throw new KubernetesCallError(object, reason);
      }
      try {
        return await act(connection);
      } finally {
        await connection.close();
      }
    });
}

type Connected = <T>(object: string, act: (connection: Connection) => Promise<T>) => Promise<T>;

const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** Merge patches: what they do not name stays, and a `resourceVersion` in one must be the live one (Kubernetes API concepts). */
function objectsBy(connected: Connected): ClusterObjects {
  const call = async <T>(object: string, act: (connection: Connection) => Promise<T>): Promise<T> => {
    try {
      return await connected(object, act);
    } catch (error) {
      throw inWords(object, error);
    }
  };
  return {
    configMap: async (namespace, name) => {
      const map = await call(`ConfigMap ${namespace}/${name}`, ({ core }) =>
        orNull(core.readNamespacedConfigMap({ namespace, name })),
      );
      return map && { resourceVersion: versionOf(map), data: map.data ?? {} };
    },
    createConfigMap: async (namespace, name, data) => {
      const body = { metadata: { name, namespace }, data: { ...data } };
      await call(`ConfigMap ${namespace}/${name}`, ({ core }) =>
        core.createNamespacedConfigMap({ namespace, body }),
      );
    },
    patchConfigMap: async (namespace, name, resourceVersion, data) => {
      const body = { metadata: { resourceVersion }, data };
      await call(`ConfigMap ${namespace}/${name}`, ({ core }) =>
        unlessGone(name, core.patchNamespacedConfigMap({ namespace, name, body }, MERGE)),
      );
    },
    deleteConfigMap: async (namespace, name, resourceVersion) => {
      const body = { preconditions: { resourceVersion } };
      await call(`ConfigMap ${namespace}/${name}`, ({ core }) =>
        unlessGone(name, core.deleteNamespacedConfigMap({ namespace, name, body })),
      );
    },
    serviceAccount: async (namespace, name) => {
      const account = await call(`ServiceAccount ${namespace}/${name}`, ({ core }) =>
        orNull(core.readNamespacedServiceAccount({ namespace, name })),
      );
      if (account === null) return null;
      return { resourceVersion: versionOf(account), annotations: account.metadata?.annotations ?? {} };
    },
    annotateServiceAccount: async (namespace, name, resourceVersion, annotation, value) => {
      const body = { metadata: { resourceVersion, annotations: { [annotation]: value } } };
      await call(`ServiceAccount ${namespace}/${name}`, ({ core }) =>
        unlessGone(name, core.patchNamespacedServiceAccount({ namespace, name, body }, MERGE)),
      );
    },
  };
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (failureOf(error).kind === 'not-found') return null;
    throw error;
  }
}

/** Throws for a page that somebody in between answered with. */
function versionOf({ metadata }: { readonly metadata?: { readonly resourceVersion?: string } }): string {
  if (metadata?.resourceVersion) return metadata.resourceVersion;
  throw new Error('malformed answer: no resourceVersion');
}

const CONFLICT = 409;
const GONE = 404;

/** A patch or deletion of what is not there any more is a conflict as well. */
async function unlessGone(object: string, writing: Promise<unknown>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw error instanceof ApiException && error.code === GONE ? new ConflictError(object, error) : error;
  }
}

function inWords(object: string, error: unknown): Error {
  if (error instanceof KubernetesCallError || error instanceof ConflictError) return error;
  if (error instanceof ApiException && error.code === CONFLICT) return new ConflictError(object, error);
  return new KubernetesCallError(object, failureOf(error).reason, error);
}
