import type { AccountView, Missing } from '../estate/estate.ts';
import type { Where } from '../findings/finding.ts';
import { missingOfClusters } from './doors/completeness.ts';
import type { Scope } from './scope.ts';

/** The lists that hold what rules look at. */
export type Need = 'roles' | 'oidcProviders' | 'clusters' | 'associations' | 'addons';

interface Unread extends Missing {
  readonly verdict: 'unknown';
  readonly where: Where;
  readonly whole: true;
}

/** The accounts in which subjects may be hidden, since a list that holds them was not read. A focus names its subjects. */
export function unreadSubjects(scope: Scope, needs: readonly Need[]): Unread[] {
  if (scope.focused) return [];
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

const cache = new WeakMap<AccountView, Map<Need, Missing | null>>();

function missingOf(account: AccountView, need: Need): Missing | null {
  const known = cache.get(account) ?? new Map<Need, Missing | null>();
  cache.set(account, known);
  let missing = known.get(need);
  if (missing === undefined) {
    missing = lookUp(account, need);
    known.set(need, missing);
  }
  return missing;
}

function lookUp(account: AccountView, need: Need): Missing | null {
  switch (need) {
    case 'roles':
    case 'oidcProviders':
      return account.missing(need);
    case 'clusters':
      return missingOfClusters(account, null);
    case 'associations':
      return missingOfClusters(account, 'podIdentityAssociations');
    case 'addons':
      return missingOfClusters(account, 'addons');
  }
}
