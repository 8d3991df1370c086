import type { Estate } from '../../estate/estate.ts';
import { injectionOf } from '../../identity/pods/injection.ts';
import { restartCommand } from '../../identity/pods/restart.ts';
import { type BoundWorkload, boundWorkloads, podCount } from '../../identity/pods/workloads.ts';
import { intendedRole } from '../../rules/doors/workload-place.ts';
import { clustersOf, type ListFilter, passes, unknownAt } from './filter.ts';
import { LIST_VERSION, type ListOf, type RowOf } from './report.ts';

/** Every workload whose pods must be made anew to get the identity of their ServiceAccount, and the command that does it. */
export function listRestarts(estate: Estate, filter: ListFilter): ListOf<'restarts'> {
  const clusters = clustersOf(estate.clusters, filter);
  const rows = clusters.flatMap((cluster) =>
    boundWorkloads(cluster)
      .filter((workload) => passes(filter, workload))
      .filter((workload) => filter.role === undefined || intendedRole(workload) === filter.role)
      .flatMap(rowsOf),
  );
  const unknowns = clusters.flatMap((one) => [
    ...unknownAt(one.cluster.name, one.missing('podIdentityAssociations')),
    ...unknownAt(one.cluster.name, one.kubernetes.missing('serviceAccounts')),
    ...unknownAt(one.cluster.name, one.kubernetes.missing('pods')),
  ]);
  return { schemaVersion: LIST_VERSION, kind: 'restarts', rows, unknowns };
}

function rowsOf(workload: BoundWorkload): RowOf<'restarts'>[] {
  const { lacking } = injectionOf(workload);
  const [first] = lacking;
  if (first === undefined) return [];
  const { cluster, namespace, kind, name, serviceAccount } = workload;
  return [
    {
      cluster: cluster.cluster.arn,
      namespace,
      kind,
      workload: name,
      serviceAccount,
      pods: lacking.reduce((sum, { group }) => sum + group.count, 0),
      of: podCount(workload),
      reason: first.words,
      command: restartCommand(workload),
    },
  ];
}
