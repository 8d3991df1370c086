import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import type { Permission } from '../../lambda/permissions.ts';
import type { ClusterStatus } from '../../pipeline/begin.ts';
import type { ClientsFor } from '../clients.ts';
import { furtherAccountPermissions } from '../permissions.ts';
import { readCaller } from '../reads/caller.ts';

/** What clusterStatus needs. */
export const clusterStatusPermissions: readonly Permission[] = [
  { actions: ['eks:DescribeCluster', 'sts:GetCallerIdentity'], on: 'account' },
  { actions: furtherAccountPermissions('aws', '').actions, on: 'read-roles' },
];

/** Asks EKS. A cluster that is gone, or that may not be described, has no status: collection will say which. */
export function clusterStatus(clients: () => ClientsFor<'eks' | 'sts'>): ClusterStatus {
  let own: string | undefined;
  return async ({ account, region, cluster }) => {
    try {
      own ??= (await readCaller(clients()('sts', null, null))).account;
      const eks = clients()('eks', account === own ? null : account, region);
      const { cluster: found } = await eks.send(new DescribeClusterCommand({ name: cluster }));
      return found?.status ?? null;
    } catch {
      return null;
    }
  };
}
