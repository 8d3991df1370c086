import type { AccountView, ClusterList, Missing } from '../../estate/estate.ts';

/** The read that keeps podtrust from knowing every cluster of an account and this list of each (no list with `null`), or null. */
export function missingOfClusters(account: AccountView, list: ClusterList | null): Missing | null {
  const missing = account.missing('regions');
  if (missing) return missing;
  const unread = account.account.regions?.find(({ clusters }) => clusters === undefined);
  if (unread) return { read: 'eks:ListClusters', reason: `the clusters of ${unread.name} were not read` };
  if (list === null) return null;
  for (const cluster of account.clusters) {
    const gap = cluster.missing(list);
    if (gap) return gap;
  }
  return null;
}

/** An association of which only the list was read: its role is not known. */
export function undescribedAssociation(account: AccountView): Missing | null {
  for (const { cluster } of account.clusters) {
    for (const { id, roleArn } of cluster.podIdentityAssociations ?? []) {
      if (roleArn === undefined) {
        return {
          read: 'eks:DescribePodIdentityAssociation',
          reason: `the role of association ${id} of ${cluster.name} was not read`,
        };
      }
    }
  }
  return null;
}
