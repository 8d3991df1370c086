import type { ClusterView, Estate } from '../../estate/estate.ts';
import { parseSubject, type ServiceAccount } from '../../identity/service-account.ts';
import { trustIndex } from '../../identity/trust-index.ts';
import { bindingOf } from '../../kubernetes/injection/binding.ts';
import { compareText } from '../order.ts';
import { standingOf } from './chain-state.ts';
import { clustersOf, type ListFilter, passes, unknownAt } from './filter.ts';
import { LIST_VERSION, type ListOf, type RowOf } from './report.ts';

/** Every ServiceAccount that should have an AWS identity: by annotation, by association, or because a trust policy names it. */
export function listServiceAccounts(estate: Estate, filter: ListFilter): ListOf<'service-accounts'> {
  const clusters = clustersOf(estate.clusters, filter);
  const rows = clusters
    .flatMap((cluster) =>
      wantedIn(cluster, estate)
        .filter((one) => passes(filter, one))
        .map((one) => rowOf(cluster, one, estate)),
    )
    .filter(({ role }) => filter.role === undefined || role === filter.role)
    .sort((a, b) => compareText(placeOf(a), placeOf(b)));
  const unknowns = clusters.flatMap((one) => [
    ...unknownAt(one.cluster.name, one.missing('podIdentityAssociations')),
    ...unknownAt(one.cluster.name, one.kubernetes.missing('serviceAccounts')),
  ]);
  return { schemaVersion: LIST_VERSION, kind: 'service-accounts', rows, unknowns };
}

/** The ServiceAccounts of a cluster that should have an identity, each once. */
function wantedIn(view: ClusterView, estate: Estate): ServiceAccount[] {
  const { cluster, kubernetes, issuerKey } = view;
  const annotated = (kubernetes.data.serviceAccounts ?? [])
    .filter((account) => bindingOf(account, false) !== null)
    .map(({ namespace, name }) => ({ namespace, serviceAccount: name }));
  const subjects = trustIndex(estate).subjectsByIssuer.get(issuerKey?.toLowerCase() ?? '') ?? [];
  const named = [...subjects].flatMap((subject) => parseSubject(subject) ?? []);
  const associated = (cluster.podIdentityAssociations ?? []).map(({ namespace, serviceAccount }) => ({
    namespace,
    serviceAccount,
  }));
  const byName = new Map<string, ServiceAccount>();
  for (const one of [...annotated, ...associated, ...named]) byName.set(JSON.stringify(one), one);
  return [...byName.values()];
}

function rowOf(
  cluster: ClusterView,
  { namespace, serviceAccount }: ServiceAccount,
  estate: Estate,
): RowOf<'service-accounts'> {
  const { kubernetes } = cluster;
  const found = kubernetes.serviceAccount(namespace, serviceAccount) !== undefined;
  const pods = kubernetes.podsOf(namespace, serviceAccount).reduce((sum, { count }) => sum + count, 0);
  return {
    cluster: cluster.cluster.arn,
    namespace,
    serviceAccount,
    exists: found ? true : kubernetes.missing('serviceAccounts') === null ? false : null,
    ...standingOf({ cluster, namespace, serviceAccount }, estate),
    pods: kubernetes.missing('pods') === null ? pods : null,
  };
}

const placeOf = ({ cluster, namespace, serviceAccount }: RowOf<'service-accounts'>): string =>
  [cluster, namespace, serviceAccount].join('\u0000');
