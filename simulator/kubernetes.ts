import type { ReadKubernetes } from '../shared/aws/kubernetes-reader.ts';
import type { Kubernetes, ServiceAccount } from '../shared/estate/kubernetes-schema.ts';
import type { Snapshot } from '../shared/estate/snapshot.ts';
import { type ClusterObjects, ConflictError } from '../shared/kube/changes/objects.ts';

/** The Kubernetes APIs of simulated clusters: what is written to one is what is read of it from then on. */
export interface SimulatedKubernetes {
  readonly read: ReadKubernetes;
  /** Throws for a cluster that the snapshot shows no Kubernetes of. */
  readonly objects: (cluster: {
    readonly account: string;
    readonly region: string;
    readonly name: string;
  }) => ClusterObjects;
}

/** Answers for the Kubernetes APIs of simulated clusters, as a snapshot has them: what it lacks was not read. */
export function simulatedKubernetes(snapshot: Snapshot): ReadKubernetes {
  return kubernetesOf(snapshot).read;
}

/** The same, to be written as well. */
export function kubernetesOf(snapshot: Snapshot): SimulatedKubernetes {
  const live = new Map<string, Kubernetes>();
  for (const { id, regions } of snapshot.accounts) {
    for (const { name: region, clusters } of regions ?? []) {
      for (const { name, kubernetes } of clusters ?? [])
        if (kubernetes !== undefined) live.set(keyOf(id, region, name), structuredClone(kubernetes));
    }
  }
  return {
    read: async ({ account, region, name }) => {
      const gaps = snapshot.coverage.filter(
        (gap) =>
          gap.read.startsWith('kubernetes:') &&
          gap.account === account &&
          gap.region === region &&
          gap.cluster === name,
      );
      const data = live.get(keyOf(account, region, name));
      return data === undefined && gaps.length === 0 ? null : { data: structuredClone(data), gaps };
    },
    objects: ({ account, region, name }) => {
      const data = live.get(keyOf(account, region, name));
      if (data === undefined) throw new Error(`No Kubernetes is simulated for ${name}.`);
      return objectsIn(data);
    },
  };
}

const keyOf = (account: string, region: string, cluster: string): string => `${account}/${region}/${cluster}`;

/** An object's version where the snapshot has none, and the next one. */
const FIRST = '1';
const next = (version: string): string => String(Number(version) + 1);

/** Versions of ServiceAccounts, which a snapshot does not keep. */
const versions = new WeakMap<ServiceAccount, string>();

function objectsIn(data: Kubernetes): ClusterObjects {
  const version = () => data.awsAuth?.resourceVersion ?? FIRST;
  const isAwsAuth = (namespace: string, name: string): boolean =>
    namespace === 'kube-system' && name === 'aws-auth';
  const at = (resourceVersion: string): NonNullable<Kubernetes['awsAuth']> => {
    if (!data.awsAuth || version() !== resourceVersion) throw new ConflictError('aws-auth');
    return data.awsAuth;
  };
  const account = (namespace: string, name: string) =>
    data.serviceAccounts?.find((one) => one.namespace === namespace && one.name === name);
  return {
    configMap: async (namespace, name) =>
      isAwsAuth(namespace, name) && data.awsAuth
        ? { resourceVersion: version(), data: { ...data.awsAuth.data } }
        : null,
    createConfigMap: async (_namespace, name, given) => {
      if (data.awsAuth) throw new ConflictError(name);
      data.awsAuth = { data: { ...given }, resourceVersion: FIRST };
    },
    patchConfigMap: async (_namespace, _name, resourceVersion, edit) => {
      const map = at(resourceVersion);
      const merged = Object.entries({ ...map.data, ...edit });
      map.data = Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
      map.resourceVersion = next(resourceVersion);
    },
    deleteConfigMap: async (_namespace, _name, resourceVersion) => {
      at(resourceVersion);
      data.awsAuth = null;
    },
    serviceAccount: async (namespace, name) => {
      const found = account(namespace, name);
      if (found === undefined) return null;
      return {
        resourceVersion: versions.get(found) ?? FIRST,
        annotations: { ...found.annotations },
      };
    },
    annotateServiceAccount: async (namespace, name, resourceVersion, annotation, value) => {
      const found = account(namespace, name);
      if (found === undefined || (versions.get(found) ?? FIRST) !== resourceVersion)
        throw new ConflictError(name);
      const { [annotation]: _, ...others } = found.annotations ?? {};
      const all = Object.entries(value === null ? others : { ...others, [annotation]: value });
      if (all.length > 0) found.annotations = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
      else delete found.annotations;
      versions.set(found, next(resourceVersion));
    },
  };
}
