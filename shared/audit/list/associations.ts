import type { Estate } from '../../estate/estate.ts';
import { hasSessionTags } from '../../identity/diagnose-pod-identity.ts';
import { standingOf } from './chain-state.ts';
import { clustersOf, type ListFilter, passes, unknownAt } from './filter.ts';
import { LIST_VERSION, type ListOf } from './report.ts';

/** Every Pod Identity association that passes, and whether it works. */
export function listAssociations(estate: Estate, filter: ListFilter): ListOf<'associations'> {
  const clusters = clustersOf(estate.clusters, filter);
  const rows = clusters.flatMap((cluster) =>
    (cluster.cluster.podIdentityAssociations ?? [])
      .filter((one) => passes(filter, one))
      .filter(
        ({ roleArn, targetRoleArn }) =>
          filter.role === undefined || [roleArn, targetRoleArn].includes(filter.role),
      )
      .map((one) => {
        const { namespace, serviceAccount, id, roleArn, targetRoleArn, ownerArn } = one;
        const { state, reason } = standingOf({ cluster, namespace, serviceAccount }, estate);
        return {
          cluster: cluster.cluster.arn,
          namespace,
          serviceAccount,
          id,
          role: roleArn ?? null,
          target: targetRoleArn ?? null,
          sessionTags: hasSessionTags(one),
          addon: ownerArn ?? null,
          state,
          reason,
        };
      }),
  );
  const unknowns = clusters.flatMap((one) =>
    unknownAt(one.cluster.name, one.missing('podIdentityAssociations')),
  );
  return { schemaVersion: LIST_VERSION, kind: 'associations', rows, unknowns };
}
