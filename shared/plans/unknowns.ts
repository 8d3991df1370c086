import type { Change } from '../changes/change.ts';
import type { Estate, Missing } from '../estate/estate.ts';
import { accessOf } from '../identity/access/ways.ts';

/** Reads that are missing to say what some changes do in the whole account. */
export function unknownsOf(changes: readonly Change[], estate: Estate): string[] {
  return [...new Set(changes.flatMap((change) => missingFor(change, estate)).map(words))];
}

function words({ read, reason }: Missing): string {
  return `${read}: ${reason}`;
}

function missingFor(change: Change, estate: Estate): Missing[] {
  const account = estate.accounts.get(change.target.account);
  if (account === undefined)
    return [{ read: 'sts:AssumeRole', reason: `account ${change.target.account} was not read` }];
  const found = (missing: Missing | null): Missing[] => (missing === null ? [] : [missing]);
  switch (change.kind) {
    case 'trust-policy':
      return [];
    case 'oidc-provider':
      return [...found(account.missing('roles')), ...found(account.missing('oidcProviders'))];
    case 'pod-identity-association':
    case 'addon':
    case 'service-account-annotation':
    case 'access-entry':
    case 'access-policy':
    case 'aws-auth':
    case 'authentication-mode': {
      const { region, cluster: name } = change.target;
      const view = account.clusters.find((one) => one.region === region && one.cluster.name === name);
      if (view === undefined)
        return [{ read: 'eks:DescribeCluster', reason: `cluster ${name} was not read` }];
      if (change.kind === 'service-account-annotation')
        return [
          ...found(view.missing('podIdentityAssociations')),
          ...found(view.kubernetes.missing('serviceAccounts')),
        ];
      if (change.kind === 'pod-identity-association' || change.kind === 'addon')
        return [...found(view.missing('podIdentityAssociations')), ...found(account.missing('roles'))];
      return [...accessOf(view).missing];
    }
  }
}
