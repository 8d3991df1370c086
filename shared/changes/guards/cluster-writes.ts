import type { Fixes } from '../../config/fixes.ts';
import type { Verdict } from '../applying.ts';
import type { Change, ChangeOf } from '../change.ts';

/** A change that is made in the Kubernetes API of a cluster. */
type ClusterChange = ChangeOf<'aws-auth' | 'service-account-annotation'>;

/** Why a change in a cluster's Kubernetes API cannot be made from here; null: it can. */
export type ClusterRefusal = (change: ClusterChange) => string | null;

/** The clusters whose Kubernetes API the configuration lets the deployed functions write; every other is refused. */
export function configuredClusters({ kubernetes }: Pick<Fixes, 'kubernetes'>): ClusterRefusal {
  return ({ kind, target: { account, region, cluster } }) => {
    const chosen = kubernetes.find(({ cluster: arn }) =>
      arn.endsWith(`:eks:${region}:${account}:cluster/${cluster}`),
    );
    if (chosen === undefined)
      return `the Kubernetes API of cluster ${cluster} cannot be written from here: name its ARN under fixes.kubernetes, or apply the plan from the command line`;
    return kind === 'aws-auth' || chosen.annotations
      ? null
      : `annotations of cluster ${cluster} are not written from here: set "annotations" under fixes.kubernetes, or set it in its chart or manifest`;
  };
}

/** Why the first of some changes that cannot be made from here cannot; null: all can. */
export function refusedIn(changes: readonly Change[], refusal: ClusterRefusal): string | null {
  for (const change of changes) {
    const reason = isClusterChange(change) ? refusal(change) : null;
    if (reason !== null) return reason;
  }
  return null;
}

/**
 * Nothing is written to a cluster where nobody said that it may be, and nothing before it: what a plan makes for a change
 * that is refused afterwards would be made in vain.
 */
export function decideClusterWrites(changes: readonly Change[], refusal: ClusterRefusal): Verdict {
  const reason = refusedIn(changes, refusal);
  return reason === null ? { allowed: true } : { allowed: false, reason };
}

function isClusterChange(change: Change): change is ClusterChange {
  return change.kind === 'aws-auth' || change.kind === 'service-account-annotation';
}
