/** `podtrust list KIND`: what there is, as rows. */
import type { Estate } from '../estate/estate.ts';
import { listAssociations } from './list/associations.ts';
import { listEntries } from './list/entries.ts';
import type { ListFilter } from './list/filter.ts';
import { listPods } from './list/pods.ts';
import { listProviders } from './list/providers.ts';
import type { List, ListKind } from './list/report.ts';
import { listRestarts } from './list/restarts.ts';
import { listRoles } from './list/roles.ts';
import { listServiceAccounts } from './list/service-accounts.ts';

/** What can narrow each kind of list. */
export const LIST_FILTERS = {
  associations: ['cluster', 'namespace', 'serviceAccount', 'role'],
  roles: ['cluster', 'namespace', 'serviceAccount', 'role'],
  'service-accounts': ['cluster', 'namespace', 'serviceAccount', 'role'],
  providers: ['cluster', 'role'],
  entries: ['cluster', 'role'],
  pods: ['cluster', 'namespace', 'serviceAccount', 'role'],
  restarts: ['cluster', 'namespace', 'serviceAccount', 'role'],
} as const satisfies Record<ListKind, readonly (keyof ListFilter)[]>;

/** The rows of a kind that pass the filter, in a stable order, and the reads that may hold further ones. */
export function list(kind: ListKind, estate: Estate, filter: ListFilter = {}): List {
  switch (kind) {
    case 'associations':
      return listAssociations(estate, filter);
    case 'roles':
      return listRoles(estate, filter);
    case 'service-accounts':
      return listServiceAccounts(estate, filter);
    case 'providers':
      return listProviders(estate, filter);
    case 'entries':
      return listEntries(estate, filter);
    case 'pods':
      return listPods(estate, filter);
    case 'restarts':
      return listRestarts(estate, filter);
  }
}
