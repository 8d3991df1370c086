import type { Binding } from '../config/config.ts';
import type { Estate } from '../estate/estate.ts';
import { effectiveMappings } from '../rules/doors/effective-mappings.ts';
import { compareText } from './order.ts';

/** What `podtrust bindings` writes: the first file of intended bindings. */
export interface EffectiveBindings {
  /** One for each ServiceAccount that gets a role today, as far as AWS decides it; sorted. */
  readonly bindings: readonly Binding[];
  /** What was left out, and why, in sentences: patterns, doors without a subject, associations not known to work. */
  readonly left: readonly string[];
}

/** The bindings that are effective today: named by a trust policy or an association, and really let in. */
export function effectiveBindings(estate: Estate): EffectiveBindings {
  const associations = estate.clusters.flatMap((cluster) =>
    (cluster.cluster.podIdentityAssociations ?? []).map((association) => ({ association, cluster })),
  );
  const { effective, left } = effectiveMappings({ roles: estate.roles, associations }, estate);
  const bindings = effective.map(({ cluster, namespace, serviceAccount, role }): Binding => {
    return { cluster: cluster.cluster.arn, namespace, serviceAccount, role };
  });
  const distinct = new Map(bindings.map((binding) => [JSON.stringify(binding), binding]));
  return {
    bindings: [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, binding]) => binding),
    left: [...new Set(left)].sort(compareText),
  };
}
