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
  const names = await listClusters(account, region);
  return names === undefined ? { name: region } : readClusters(account, region, names);
}

/** The names of the clusters of one region; undefined when not even a part of the list was read. */
export async function listClusters(
  account: AccountReader,
  region: string,
): Promise<readonly string[] | undefined> {
  const eks = account.client('eks', region);
  const place = { ...account.place, region };
  const names = await account.reading.pages('eks:ListClusters', place, async (nextToken) => {
    const answer = await eks.send(new ListClustersCommand(present({ maxResults: EKS_PAGE, nextToken })));
    return { items: answer.clusters, next: answer.nextToken };
  });
  return names === undefined ? undefined : [...new Set(names.items)];
}

/** Named clusters of one region, with all that is in them. */
export async function readClusters(
  account: AccountReader,
  region: string,
  names: readonly string[],
): Promise<Region> {
  const { reading } = account;
  const eks = account.client('eks', region);
  const clusters = await Promise.all(
    names.map((name) => {
      const place = { ...account.place, region, cluster: name };
      return readCluster({ reading, eks, name, place, caller: account.caller }, arnOf(account, region, name));
    }),
  );
  return { name: region, clusters: clusters satisfies Cluster[] };
}

/** What names a cluster that could not be described (service authorization reference, Amazon EKS, resource types). */
const arnOf = ({ partition, id }: AccountReader, region: string, name: string): string =>
  `arn:${partition}:eks:${region}:${id}:cluster/${name}`;
