import { ListClustersCommand } from '@aws-sdk/client-eks';
import type { Cluster, Region } from '../../estate/snapshot.ts';
import type { AccountReader } from '../account-reader.ts';
import type { Permissions } from '../permission.ts';
import { present } from '../reading.ts';
import { readCluster } from './cluster.ts';
import { EKS_PAGE } from './listed.ts';

export const permissions: Permissions = { actions: ['eks:ListClusters'], for: 'read' };

/** Every cluster of one region, with all that is in it. */
export async function readRegion(account: AccountReader, region: string): Promise<Region> {
  const { reading } = account;
  const place = { ...account.place, region };
  const eks = account.client('eks', region);
  const names = await reading.pages('eks:ListClusters', place, async (nextToken) => {
    const answer = await eks.send(new ListClustersCommand(present({ maxResults: EKS_PAGE, nextToken })));
    return { items: answer.clusters, next: answer.nextToken };
  });
  if (names === undefined) return { name: region };
  const clusters = await Promise.all(
    [...new Set(names.items)].map((name) =>
      readCluster(
        { reading, eks, name, place: { ...place, cluster: name }, caller: account.caller },
        arnOf(account, region, name),
      ),
    ),
  );
  return { name: region, clusters: clusters satisfies Cluster[] };
}

/** What names a cluster that could not be described (service authorization reference, Amazon EKS, resource types). */
const arnOf = ({ partition, id }: AccountReader, region: string, name: string): string =>
  `arn:${partition}:eks:${region}:${id}:cluster/${name}`;
