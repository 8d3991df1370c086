import { defineRule } from './define-rule.ts';
import { effectiveMappings } from './doors/effective-mappings.ts';
import { CLUSTER_ARN, irsaStatement, ROLE_ARN, roleExample, trustPolicy } from './examples/estate.ts';
import { isDeclared } from './intent.ts';
import { clusterWhere } from './places.ts';
import { BEST_PRACTICES } from './references.ts';
import { fail, pass } from './verdict.ts';

/** Effective bindings that nobody declared: shown, once the configuration declares any. */
export default defineRule({
  number: 'PT-511',
  name: 'no-undeclared-binding',
  kind: 'open',
  fix: 'manual',
  title: 'A binding is effective that nobody declared',
  why: 'The configuration lists who is meant to have which role; this ServiceAccount gets a role all the same.',
  remedy: 'Declare it under `bindings`, or take it away from the trust policy or the associations.',
  references: [BEST_PRACTICES],
  examples: () => {
    const trust = trustPolicy(irsaStatement());
    const bindings = [
      { cluster: CLUSTER_ARN, namespace: 'shop', serviceAccount: 'checkout', role: ROLE_ARN },
    ];
    return {
      fails: {
        ...roleExample('Nothing is declared, and the role trusts shop/checkout', trust),
        config: { bindings: [] },
      },
      passes: { ...roleExample('shop/checkout is declared', trust), config: { bindings } },
    };
  },
  needs: ['roles', 'associations'],
  subjects: ({ roles, associations, config, estate }) =>
    config.bindings === undefined ? [] : effectiveMappings({ roles, associations }, estate).effective,
  where: ({ cluster, namespace, serviceAccount, role }) => ({
    ...clusterWhere(cluster),
    namespace,
    serviceAccount,
    role,
  }),
  check: (mapping, { config }) => (isDeclared(config, mapping) ? pass : fail({ via: mapping.via })),
  severity: () => 'info',
  message: ({ via }, { cluster, namespace, serviceAccount, role }) =>
    `${namespace}/${serviceAccount} of ${cluster.cluster.name} gets ${role} by ${via === 'irsa' ? 'its trust policy' : 'an association'}, and nobody declared it.`,
  identity: () => [],
});
