import type { AccountView, Missing } from '../estate/estate.ts';
import type { KubernetesList } from '../estate/kubernetes-view.ts';
import type { Where } from '../findings/finding.ts';
import { hasApiServer } from './doors/api-server.ts';
import { missingOfClusters } from './doors/completeness.ts';
import { clusterWhere } from './places.ts';
import type { Scope } from './scope.ts';

/** The lists that hold what rules look at. */
export type Need = AccountNeed | KubernetesNeed;

type AccountNeed =
  | 'roles'
  | 'oidcProviders'
  | 'clusters'
  | 'associations'
  | 'addons'
  | 'accessEntries'
  | 'nodegroups'
  | 'fargateProfiles';

/** A list of each cluster's Kubernetes API. */
export type KubernetesNeed = `kubernetes:${KubernetesList}`;

interface Unread extends Missing {
  readonly verdict: 'unknown';
  readonly where: Where;
  readonly whole: true;
}

/**
 * The accounts and clusters in which subjects may be hidden, since a list that holds them was not read. A focus names
 * its subjects.
 */
export function unreadSubjects(scope: Scope, needs: readonly Need[]): Unread[] {
  if (scope.focused) return [];
  const lists = needs.flatMap((need) => (isKubernetes(need) ? [listOf(need)] : []));
  return [
    ...unreadAccounts(
      scope,
      needs.filter((need): need is AccountNeed => !isKubernetes(need)),
    ),
    ...(lists.length === 0 ? [] : unreadKubernetes(scope, lists)),
  ];
}

/** Under API a cluster does not look at aws-auth: nothing hides there. */
function unreadKubernetes(scope: Scope, lists: readonly KubernetesList[]): Unread[] {
  return scope.clusters.filter(hasApiServer).flatMap((view) => {
    const asked = lists.filter((list) => list !== 'awsAuth' || view.cluster.authenticationMode !== 'API');
    const missing = asked.map((list) => view.kubernetes.missing(list)).find((one) => one !== null);
    if (missing === undefined || missing === null) return [];
    return [{ verdict: 'unknown', whole: true, where: clusterWhere(view), ...missing }];
  });
}

const isKubernetes = (need: Need): need is KubernetesNeed => need.startsWith('kubernetes:');

const LISTS: Readonly<Record<KubernetesNeed, KubernetesList>> = {
  'kubernetes:namespaces': 'namespaces',
  'kubernetes:serviceAccounts': 'serviceAccounts',
  'kubernetes:pods': 'pods',
  'kubernetes:nodes': 'nodes',
  'kubernetes:awsAuth': 'awsAuth',
  'kubernetes:webhooks': 'webhooks',
  'kubernetes:agents': 'agents',
  'kubernetes:roles': 'roles',
  'kubernetes:bindings': 'bindings',
};

const listOf = (need: KubernetesNeed): KubernetesList => LISTS[need];

function unreadAccounts(scope: Scope, needs: readonly AccountNeed[]): Unread[] {
  return scope.accounts.flatMap((account) => {
    const missing = needs.map((need) => missingOf(account, need)).find((one) => one !== null);
    if (missing === undefined || missing === null) return [];
    return [
      {
        verdict: 'unknown',
        whole: true,
        where: { account: account.id },
        read: missing.read,
        reason: missing.reason,
      },
    ];
  });
}

const cache = new WeakMap<AccountView, Map<AccountNeed, Missing | null>>();

function missingOf(account: AccountView, need: AccountNeed): Missing | null {
  const known = cache.get(account) ?? new Map<AccountNeed, Missing | null>();
  cache.set(account, known);
  let missing = known.get(need);
  if (missing === undefined) {
    missing = lookUp(account, need);
    known.set(need, missing);
  }
  return missing;
}

function lookUp(account: AccountView, need: AccountNeed): Missing | null {
  switch (need) {
    case 'roles':
    case 'oidcProviders':
      return account.missing(need);
    case 'clusters':
      return missingOfClusters(account, null);
    case 'associations':
      return missingOfClusters(account, 'podIdentityAssociations');
    case 'addons':
    case 'accessEntries':
    case 'nodegroups':
    case 'fargateProfiles':
      return missingOfClusters(account, need);
  }
}
