import { type Change, type ChangeOf, canonicalJson, type StateOf } from '../changes/change.ts';
import { describeTarget } from '../changes/describe-change.ts';
import { lastOfEach } from '../changes/same-target.ts';
import type { AccountView, ClusterView, Estate } from '../estate/estate.ts';
import type { Association } from '../estate/snapshot.ts';
import { sameDocument } from '../iam/same-document.ts';

/**
 * What of a plan's writes stands no more as it was written, in words: somebody changed it since, and taking the plan back
 * would overwrite that. What was not read is not among it: the state is compared again right before a write.
 */
export function noLongerStands(changes: readonly Change[], estate: Estate): string[] {
  return lastOfEach(changes)
    .filter((change) => stands(change, estate) === 'no')
    .map(
      (change) =>
        `${capital(describeTarget(change))} is no longer what the plan wrote: taking it back would overwrite whoever changed it since.`,
    );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

type Answer = 'yes' | 'no' | 'unread';

function stands(change: Change, estate: Estate): Answer {
  const account = estate.accounts.get(change.target.account);
  if (account === undefined) return 'unread';
  if (change.kind === 'trust-policy' || change.kind === 'oidc-provider') return standsInIam(change, account);
  const { region, cluster } = change.target;
  const view = account.clusters.find((one) => one.region === region && one.cluster.name === cluster);
  return view === undefined ? 'unread' : standsInCluster(change, view);
}

type OfIam = Extract<Change, { readonly kind: 'trust-policy' | 'oidc-provider' }>;

function standsInIam(change: OfIam, account: AccountView): Answer {
  if (change.kind === 'trust-policy') {
    const role = account.roles.find((one) => one.role.arn === change.target.arn);
    if (role === undefined) return absent(change, account.missing('roles'));
    return answer(change.after !== null && sameDocument(role.role.trustPolicy, change.after));
  }
  const provider = account.providersByArn.get(change.target.arn);
  if (provider === undefined) return absent(change, account.missing('oidcProviders'));
  if (change.after === null) return 'no';
  if (provider.clientIds === undefined) return 'unread';
  return answer(sameList(provider.clientIds, change.after.clientIds));
}

function standsInCluster(change: Exclude<Change, OfIam>, view: ClusterView): Answer {
  const { cluster } = view;
  switch (change.kind) {
    case 'pod-identity-association':
      return associationStands(change, view);
    case 'addon': {
      const one = cluster.addons?.find(({ name }) => name === change.target.addon);
      if (one === undefined) return absent(change, view.missing('addons'));
      return answer(
        change.after !== null && one.serviceAccountRoleArn === change.after.serviceAccountRoleArn,
      );
    }
    case 'access-entry':
    case 'access-policy':
      return entryStands(change, view);
    case 'authentication-mode':
      return cluster.authenticationMode === undefined
        ? 'unread'
        : answer(cluster.authenticationMode === change.after);
    case 'aws-auth':
    case 'service-account-annotation':
      return standsInKubernetes(change, view);
  }
}

function associationStands(change: ChangeOf<'pod-identity-association'>, view: ClusterView): Answer {
  const { target, after } = change;
  const one = view.cluster.podIdentityAssociations?.find(
    ({ namespace, serviceAccount }) =>
      namespace === target.namespace && serviceAccount === target.serviceAccount,
  );
  if (one === undefined) return absent(change, view.missing('podIdentityAssociations'));
  if (after === null) return 'no';
  return one.roleArn === undefined
    ? 'unread'
    : answer(canonicalJson(given(one)) === canonicalJson(given(after)));
}

function entryStands(
  change: ChangeOf<'access-entry'> | ChangeOf<'access-policy'>,
  view: ClusterView,
): Answer {
  const { principal } = change.target;
  const entry = view.cluster.accessEntries?.find(({ principalArn }) => principalArn === principal);
  if (entry === undefined) return absent(change, view.missing('accessEntries'));
  if (change.kind === 'access-entry')
    return answer(change.after !== null && sameList(entry.groups ?? [], change.after.groups));
  if (entry.policies === undefined) return 'unread';
  const found = entry.policies.find(({ policyArn }) => policyArn === change.target.policy);
  return answer(canonicalJson(scopeOf(found?.scope)) === canonicalJson(scopeOf(change.after)));
}

function standsInKubernetes(
  change: ChangeOf<'aws-auth'> | ChangeOf<'service-account-annotation'>,
  { kubernetes }: ClusterView,
): Answer {
  if (change.kind === 'aws-auth') {
    const { awsAuth } = kubernetes.data;
    if (awsAuth === undefined) return 'unread';
    return answer(canonicalJson(awsAuth?.data ?? null) === canonicalJson(change.after?.data ?? null));
  }
  if (kubernetes.missing('serviceAccounts') !== null) return 'unread';
  const { namespace, serviceAccount, annotation } = change.target;
  const one = kubernetes.serviceAccount(namespace, serviceAccount);
  return answer((one?.annotations?.[annotation] ?? null) === change.after);
}

const answer = (same: boolean): Answer => (same ? 'yes' : 'no');

/** What is not in a list that was read in full is not there. */
function absent({ after }: Change, missing: object | null): Answer {
  if (after === null) return missing === null ? 'yes' : 'unread';
  return missing === null ? 'no' : 'unread';
}

const sameList = (one: readonly string[], other: readonly string[]): boolean =>
  canonicalJson([...one].sort()) === canonicalJson([...other].sort());

type Given = Pick<Association, 'roleArn' | 'targetRoleArn' | 'policy' | 'disableSessionTags'>;

/** What an association gives; ids and tags are other things. */
function given({ roleArn, targetRoleArn, policy, disableSessionTags = false }: Partial<Given>) {
  return { roleArn, targetRoleArn, policy, disableSessionTags };
}

function scopeOf(scope: StateOf<'access-policy'> | null | undefined) {
  return scope ? { type: scope.type, namespaces: [...(scope.namespaces ?? [])].sort() } : null;
}
