import type { ClusterView, Missing } from '../estate/estate.ts';
import { KUBERNETES_READS, type KubernetesList } from '../estate/kubernetes-view.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { cluster, estateExample } from './examples/estate.ts';
import { RULES_BY_LIST } from './kubernetes-rules.ts';
import { clusterWhere } from './places.ts';
import { fail, pass } from './verdict.ts';

const LISTS = Object.keys(RULES_BY_LIST).filter((key): key is KubernetesList => key in KUBERNETES_READS);

/** Clusters whose Kubernetes API was not read, or not whole. */
export default defineRule({
  number: 'PT-509',
  name: 'use-kubernetes-access',
  kind: 'blind',
  fix: 'manual',
  title: 'podtrust cannot see into the cluster, or not everywhere in it',
  why: 'Whether a ServiceAccount exists, is annotated and got its credentials is known to Kubernetes alone. Without it the AWS side of a mapping is judged and the Kubernetes side stays unknown.',
  remedy:
    'Give podtrust an access entry (`aws eks create-access-entry --cluster-name CLUSTER --principal-arn ROLE --kubernetes-groups podtrust-read`) and bind the ClusterRole `podtrust-read` to that group; for a private endpoint run it where a route leads. docs/kubernetes.md has both.',
  references: ['https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html'],
  examples: () => {
    const fails = { name: 'shop', kubernetes: 'not read' };
    const passes = { name: 'shop', kubernetes: COMPLETE };
    return {
      fails: estateExample('Nothing of the cluster was read', {}, fails),
      passes: estateExample('Everything was read', { clusters: [cluster({ kubernetes: COMPLETE })] }, passes),
    };
  },
  needs: ['clusters'],
  subjects: (scope) => scope.clusters.filter(hasApiServer),
  where: clusterWhere,
  check: (view) => {
    const unread = LISTS.flatMap((list) => {
      const missing = view.kubernetes.missing(list);
      return missing === null ? [] : [{ list, missing }];
    });
    const [first] = unread;
    if (first === undefined) return pass;
    const rules = [...new Set(unread.flatMap(({ list }) => RULES_BY_LIST[list]))].sort();
    return fail({
      lists: unread.length === LISTS.length ? ['everything'] : unread.map(({ list }) => list),
      ...reasonOf(first.missing),
      unknownRules: rules,
    });
  },
  severity: () => 'info',
  message: ({ lists, reason }, view) => message(lists, reason, view),
  identity: () => [],
});

/** A list that nobody tried to read has no reason of its own. */
function reasonOf({ reason }: Missing): { readonly reason?: string } {
  return reason === 'not in the snapshot' ? {} : { reason };
}

function message(
  lists: readonly string[],
  reason: string | undefined,
  { cluster: { name } }: ClusterView,
): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return lists[0] === 'everything'
    ? `The Kubernetes API of ${name} was not read${why}: the ServiceAccounts and pods of its mappings are unknown.`
    : `Of the Kubernetes API of ${name} these lists were not read whole: ${lists.join(', ')}${why}.`;
}

const COMPLETE = {
  namespaces: ['default'],
  serviceAccounts: [],
  pods: [],
  nodes: [],
  awsAuth: null,
  webhooks: [],
  agents: [],
  roles: [],
  bindings: [],
};
