import { DescribeAddonCommand, ListAddonsCommand } from '@aws-sdk/client-eks';
import { type Addon, addonSchema } from '../../estate/snapshot.ts';
import type { ClusterReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { EKS_PAGE, readListed, required } from './listed.ts';

export const permissions: Permissions = { actions: ['eks:ListAddons', 'eks:DescribeAddon'], for: 'read' };

/** Add-ons with the roles of their ServiceAccounts. */
export function readAddons(cluster: ClusterReader): Promise<Addon[] | undefined> {
  const { eks, name: clusterName } = cluster;
  return readListed<string, Addon>(cluster, {
    list: 'eks:ListAddons',
    page: async (nextToken) => {
      const answer = await eks.send(
        new ListAddonsCommand(present({ clusterName, maxResults: EKS_PAGE, nextToken })),
      );
      return { items: answer.addons, next: answer.nextToken };
    },
    describe: 'eks:DescribeAddon',
    schema: addonSchema,
    subject: (addonName) => addonName,
    one: async (addonName) => {
      const answer = await eks.send(new DescribeAddonCommand({ clusterName, addonName }));
      const addon = required(answer.addon, 'add-on');
      return {
        name: addonName,
        version: addon.addonVersion,
        status: required(addon.status, 'status'),
        serviceAccountRoleArn: addon.serviceAccountRoleArn,
        podIdentityAssociations: addon.podIdentityAssociations,
      };
    },
    known: (name) => ({ name }),
  });
}
