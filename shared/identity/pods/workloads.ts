/** The pods of a cluster by workload, with what their ServiceAccount should give them. */
import type { ClusterView } from '../../estate/estate.ts';
import type { PodGroup } from '../../estate/kubernetes-schema.ts';
import type { Association } from '../../estate/snapshot.ts';
import { type Binding, bindingOf } from '../../kubernetes/injection/binding.ts';

/** The pods of one controller that run as one ServiceAccount. */
export interface Workload {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly kind: string;
  readonly name: string;
  readonly apiVersion: string | undefined;
  /** Static pods are left out: they pass no admission and have no ServiceAccount. */
  readonly groups: readonly PodGroup[];
}

/** A workload whose ServiceAccount should give its pods an AWS identity. */
export interface BoundWorkload extends Workload {
  readonly binding: Binding;
  readonly association: Association | null;
}

const cache = new WeakMap<ClusterView, readonly Workload[]>();

/** Every workload of a cluster whose pods were read, by namespace and name. */
export function workloadsOf(cluster: ClusterView): readonly Workload[] {
  const known = cache.get(cluster);
  if (known !== undefined) return known;
  const byKey = new Map<string, Omit<Workload, 'groups'> & { groups: PodGroup[] }>();
  for (const group of cluster.kubernetes.data.pods ?? []) {
    if (group.static === true) continue;
    const { namespace, serviceAccount, workload } = group;
    const { kind, name, apiVersion } = workload;
    const key = JSON.stringify([namespace, serviceAccount, kind, name]);
    const found = byKey.get(key);
    if (found === undefined)
      byKey.set(key, { cluster, namespace, serviceAccount, kind, name, apiVersion, groups: [group] });
    else found.groups.push(group);
  }
  const workloads = [...byKey.values()];
  cache.set(cluster, workloads);
  return workloads;
}

/** The workloads of a cluster whose ServiceAccount has an association or an annotation. */
export function boundWorkloads(cluster: ClusterView): readonly BoundWorkload[] {
  return workloadsOf(cluster).flatMap((workload) => {
    const bound = boundBy(cluster, workload.namespace, workload.serviceAccount);
    return bound === null ? [] : [{ ...workload, ...bound }];
  });
}

/** What a ServiceAccount should give its pods, or null for nothing, as far as was read. */
export function boundBy(
  cluster: ClusterView,
  namespace: string,
  serviceAccount: string,
): Pick<BoundWorkload, 'binding' | 'association'> | null {
  const association =
    cluster.cluster.podIdentityAssociations?.find(
      (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
    ) ?? null;
  const account = cluster.kubernetes.serviceAccount(namespace, serviceAccount);
  const binding = bindingOf(account, association !== null);
  return binding === null ? null : { binding, association };
}

/** How many pods a workload has. */
export function podCount({ groups }: Pick<Workload, 'groups'>): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}

/** `Deployment shop/api`, for a sentence. */
export function workloadName({
  kind,
  namespace,
  name,
}: Pick<Workload, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}
