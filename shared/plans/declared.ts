import type { Config } from '../config/config.ts';
import type { BoundIdentity } from './ways/way.ts';

/** How a binding of the configuration says that an identity is meant to have its role. */
export type Declaration =
  | { readonly kind: 'declared' }
  /** Only by the cluster's name or tag, which whoever names or tags clusters can take. */
  | { readonly kind: 'by-name' }
  | { readonly kind: 'undeclared' };

/**
 * Whether the configuration declares an identity. Only a binding that gives the cluster's whole ARN is intent that needs
 * no person: a name or a tag can be put on another cluster.
 */
export function declarationOf(
  { cluster, namespace, serviceAccount, role }: BoundIdentity,
  config: Config,
): Declaration {
  const { name, arn, tags } = cluster.cluster;
  const about = (config.bindings ?? []).filter(
    (binding) =>
      binding.role === role && binding.namespace === namespace && binding.serviceAccount === serviceAccount,
  );
  if (about.some((binding) => 'cluster' in binding && binding.cluster === arn)) return { kind: 'declared' };
  const byName = about.some((binding) =>
    'cluster' in binding
      ? binding.cluster === name
      : tags?.[binding.clusterTag.key] === binding.clusterTag.value,
  );
  return { kind: byName ? 'by-name' : 'undeclared' };
}
