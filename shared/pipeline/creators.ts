import type { Cluster, Snapshot } from '../estate/snapshot.ts';
import { type Creation, withCreator } from '../identity/access/creation.ts';
import type { Claims } from './claims.ts';
import { LostClaimError } from './errors.ts';
import type { History } from './history.ts';
import { readSnapshot } from './read-claims.ts';
import type { ScopeRequest } from './scope-request.ts';

interface CreatorPorts {
  readonly claims: Claims;
  readonly history: Pick<History, 'before'>;
}

/**
 * The snapshot with the creators of the account's clusters: from the CreateCluster events that are behind the requests,
 * and otherwise as the snapshot before knew them. So a creator is remembered longer than CloudTrail's 90 days, from one
 * snapshot to the next, for as long as the cluster is the same.
 */
export async function rememberCreators(
  snapshot: Snapshot,
  account: string,
  requests: readonly ScopeRequest[],
  { claims, history }: CreatorPorts,
): Promise<Snapshot> {
  const told = withCreations(snapshot, account, requests.flatMap(creationsOf));
  if (isComplete(told, account)) return told;
  const kept = await history.before(account, snapshot.takenAt);
  if (kept === null) return told;
  try {
    return withKnown(told, await readSnapshot(claims, kept.key), account);
  } catch (error) {
    // A snapshot that has expired takes what it knew with it; the reading goes on without.
    if (error instanceof LostClaimError) return told;
    throw error;
  }
}

function creationsOf({ scope, causes }: ScopeRequest): Creation[] {
  if (scope.kind !== 'cluster') return [];
  return causes
    .filter(({ eventName }) => eventName === 'CreateCluster')
    .map(({ time, actor: { arn, session } }) => ({
      region: scope.region,
      cluster: scope.cluster,
      time,
      ...(arn !== undefined && { arn }),
      ...(session !== undefined && { session }),
    }));
}

function withCreations(snapshot: Snapshot, account: string, creations: readonly Creation[]): Snapshot {
  if (creations.length === 0) return snapshot;
  return mapClusters(snapshot, account, (cluster, region) => withCreator(cluster, region, creations));
}

/** A cluster is the same when its name, its region and the time of its creation are. */
function withKnown(snapshot: Snapshot, before: Snapshot, account: string): Snapshot {
  const known = new Map(
    clustersOf(before, account).map(({ region, cluster }) => [
      JSON.stringify([region, cluster.name, cluster.created]),
      cluster.creator,
    ]),
  );
  return mapClusters(snapshot, account, (cluster, region) => {
    const creator = known.get(JSON.stringify([region, cluster.name, cluster.created]));
    const isNews = cluster.creator === undefined && cluster.created !== undefined && creator !== undefined;
    return isNews ? { ...cluster, creator } : cluster;
  });
}

function isComplete(snapshot: Snapshot, account: string): boolean {
  return clustersOf(snapshot, account).every(
    ({ cluster }) => cluster.creator !== undefined || cluster.created === undefined,
  );
}

function clustersOf({ accounts }: Snapshot, account: string): { region: string; cluster: Cluster }[] {
  return accounts
    .filter(({ id }) => id === account)
    .flatMap(({ regions = [] }) =>
      regions.flatMap(({ name, clusters = [] }) => clusters.map((cluster) => ({ region: name, cluster }))),
    );
}

function mapClusters(
  snapshot: Snapshot,
  account: string,
  change: (cluster: Cluster, region: string) => Cluster,
): Snapshot {
  const accounts = snapshot.accounts.map((one) => {
    if (one.id !== account || one.regions === undefined) return one;
    const regions = one.regions.map((region) =>
      region.clusters === undefined
        ? region
        : { ...region, clusters: region.clusters.map((cluster) => change(cluster, region.name)) },
    );
    return { ...one, regions };
  });
  return { ...snapshot, accounts };
}
