import { distance } from 'fastest-levenshtein';
import type { ClusterView } from '../estate/estate.ts';
import type { ServiceAccount } from '../estate/kubernetes-schema.ts';

interface Neighbours {
  readonly byName: ReadonlyMap<string, readonly ServiceAccount[]>;
  readonly byNamespace: ReadonlyMap<string, readonly ServiceAccount[]>;
}

const indexes = new WeakMap<ClusterView, Neighbours>();

function neighboursOf(cluster: ClusterView): Neighbours {
  let found = indexes.get(cluster);
  if (found === undefined) {
    const accounts = cluster.kubernetes.data.serviceAccounts ?? [];
    found = {
      byName: Map.groupBy(accounts, ({ name }) => name),
      byNamespace: Map.groupBy(accounts, ({ namespace }) => namespace),
    };
    indexes.set(cluster, found);
  }
  return found;
}

/** Typing mistakes that still count as near, and names that are told. */
const MOST_TYPOS = 3;
const MOST = 3;

/** ServiceAccounts of the cluster that were probably meant, nearest first: another name, another namespace, the two swapped. */
export function nearbyAccounts(cluster: ClusterView, namespace: string, name: string): ServiceAccount[] {
  const { byName, byNamespace } = neighboursOf(cluster);
  const swapped = (byNamespace.get(name) ?? []).filter((one) => one.name === namespace);
  const typos = (byNamespace.get(namespace) ?? []).flatMap((account) => {
    const away = distance(account.name, name);
    return away > 0 && away <= MOST_TYPOS && away < name.length ? [{ account, away }] : [];
  });
  typos.sort((a, b) => a.away - b.away);
  // Every namespace has one of this name.
  const elsewhere = name === 'default' ? [] : (byName.get(name) ?? []);
  return [...swapped, ...typos.map(({ account }) => account), ...elsewhere]
    .filter((one) => one.namespace !== namespace || one.name !== name)
    .slice(0, MOST);
}

/** Why a ServiceAccount is not there, and which were probably meant: sentences for one that the list does not have. */
export function absenceWords(cluster: ClusterView, namespace: string, name: string): string {
  const { namespaces } = cluster.kubernetes.data;
  const known = cluster.kubernetes.missing('namespaces') === null && namespaces !== undefined;
  const what =
    known && !namespaces.includes(namespace)
      ? `Namespace ${namespace} does not exist in cluster ${cluster.cluster.name}.`
      : `ServiceAccount ${namespace}/${name} does not exist in cluster ${cluster.cluster.name}.`;
  const near = nearbyAccounts(cluster, namespace, name).map((one) => `${one.namespace}/${one.name}`);
  return near.length === 0 ? what : `${what} There is ${near.join(', ')}.`;
}
