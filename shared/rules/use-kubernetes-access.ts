import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { cluster, estateExample } from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { fail } from './verdict.ts';

const RULES = ['no-untrusted-service-account', 'use-role-annotation', 'no-uninjected-pod', 'no-unused-trust'];

/** A snapshot holds no Kubernetes data yet, so that every cluster that has an API server is one that podtrust cannot see into. */
export default defineRule({
  number: 'PT-509',
  name: 'use-kubernetes-access',
  kind: 'blind',
  fix: 'manual',
  title: 'podtrust cannot see into the cluster',
  why: 'Whether a ServiceAccount exists, is annotated and got its credentials is known to Kubernetes alone. Without it the AWS side of a mapping is judged and the Kubernetes side stays unknown.',
  remedy:
    'Look at the Kubernetes side yourself: `kubectl -n NAMESPACE get serviceaccount NAME -o yaml` shows the annotation, `kubectl describe pod` the credentials that were injected.',
  references: ['https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html'],
  examples: () => {
    const deleting = { name: 'shop', status: 'DELETING' };
    return {
      fails: estateExample('A running cluster', {}, { name: 'shop', status: 'ACTIVE' }),
      passes: estateExample('A cluster that is being deleted', { clusters: [cluster(deleting)] }, deleting),
    };
  },
  needs: ['clusters'],
  subjects: (scope) => scope.clusters.filter(hasApiServer),
  where: clusterWhere,
  check: () => fail({ unknownRules: RULES }),
  severity: () => 'info',
  message: (_, view) =>
    `The Kubernetes API of ${view.cluster.name} was not read: the ServiceAccounts and pods of its mappings are unknown.`,
  identity: () => [],
});
