import type { ReadKubernetes } from '../shared/aws/kubernetes-reader.ts';
import type { Kubernetes } from '../shared/estate/kubernetes-schema.ts';
import type { Snapshot } from '../shared/estate/snapshot.ts';

/** Answers for the Kubernetes APIs of simulated clusters, as a snapshot has them: what it lacks was not read. */
export function simulatedKubernetes(snapshot: Snapshot): ReadKubernetes {
  const byCluster = new Map<string, Kubernetes>();
  for (const { regions } of snapshot.accounts) {
    for (const { clusters } of regions ?? []) {
      for (const { arn, kubernetes } of clusters ?? [])
        if (kubernetes !== undefined) byCluster.set(arn, kubernetes);
    }
  }
  return async ({ account, region, name, arn }) => {
    const gaps = snapshot.coverage.filter(
      (gap) =>
        gap.read.startsWith('kubernetes:') &&
        gap.account === account &&
        gap.region === region &&
        gap.cluster === name,
    );
    const data = byCluster.get(arn);
    return data === undefined && gaps.length === 0 ? null : { data: structuredClone(data), gaps };
  };
}
