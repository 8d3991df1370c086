import type { Estate } from '../../estate/estate.ts';
import { clustersOf, type ListFilter, unknownAt } from './filter.ts';
import { LIST_VERSION, type ListOf } from './report.ts';

/** Every access entry as it is written; what takes effect, with aws-auth beside it, is what `podtrust access` tells. */
export function listEntries(estate: Estate, filter: ListFilter): ListOf<'entries'> {
  const clusters = clustersOf(estate.clusters, filter);
  const rows = clusters.flatMap(({ cluster }) =>
    (cluster.accessEntries ?? [])
      .filter(({ principalArn }) => filter.role === undefined || principalArn === filter.role)
      .map(({ principalArn, type, username, groups, policies }) => ({
        cluster: cluster.arn,
        principal: principalArn,
        type: type ?? null,
        username: username ?? null,
        groups: groups ?? null,
        policies:
          policies?.map(({ policyArn, scope }) => ({
            policy: policyArn.slice(policyArn.lastIndexOf('/') + 1),
            namespaces: scope.type === 'cluster' ? null : (scope.namespaces ?? []),
          })) ?? null,
      })),
  );
  const unknowns = clusters.flatMap((one) => unknownAt(one.cluster.name, one.missing('accessEntries')));
  return { schemaVersion: LIST_VERSION, kind: 'entries', rows, unknowns };
}
