import type { ClusterView } from '../../estate/estate.ts';
import type { Where } from '../../findings/finding.ts';
import type { BoundWorkload, Workload } from '../../identity/pods/workloads.ts';
import { clusterWhere } from '../places.ts';
import type { Scope } from '../scope.ts';
import { hasApiServer } from './api-server.ts';

/** The place of a finding about a workload: its ServiceAccount, and the role that it should have. */
export function workloadWhere(workload: Workload | BoundWorkload): Where {
  const { cluster, namespace, serviceAccount } = workload;
  const role = 'binding' in workload ? intendedRole(workload) : undefined;
  return {
    ...clusterWhere(cluster),
    namespace,
    serviceAccount,
    ...(role === undefined ? {} : { role }),
  };
}

/** The role that a workload's pods should have, as far as it was read and is one. */
export function intendedRole({ association, binding }: BoundWorkload): string | undefined {
  const arn = association?.roleArn ?? (binding.mechanism === 'irsa' ? binding.roleArn : undefined);
  return arn !== undefined && /^arn:[a-z0-9-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn) ? arn : undefined;
}

/** What tells the workloads of one ServiceAccount apart. */
export function workloadIdentity({ kind, name }: Workload): readonly string[] {
  return [kind, name];
}

/** The clusters whose Kubernetes API was asked, if only in part: what was read of them can be judged. */
export function readClusters({ clusters }: Scope): readonly ClusterView[] {
  return clusters.filter((view) => hasApiServer(view) && view.kubernetes.read);
}
