import { createReplica } from '../../simulator/replica.ts';
import { createSimulation, type Simulation } from '../../simulator/simulation.ts';
import type { AccountState, ClusterState, RegionState } from '../../simulator/state.ts';

/**
 * A simulation that goes on from where another one stands, each from then on by itself. What was still to come there (an
 * update under way) never comes here; its ids are others than those that the first will give.
 */
export function copySimulation({ world, clock }: Simulation, seed: number): Simulation {
  const copy = createSimulation({
    ...world.settings,
    now: clock.now(),
    seed,
    accounts: [...world.accounts.values()].map(({ id, name, partition, quotas, regions }) => ({
      id,
      name,
      partition,
      quotas,
      regions: [...regions.keys()],
    })),
  });
  for (const [key, actor] of world.sessions) copy.world.sessions.set(key, actor);
  for (const account of world.accounts.values()) {
    const other = copy.world.accounts.get(account.id);
    if (other !== undefined) copyAccount(account, other, copy);
  }
  return copy;
}

function copyAccount({ iam, trails, regions }: AccountState, other: AccountState, copy: Simulation): void {
  Object.assign(other.iam.live, structuredClone(iam.live));
  other.iam.changed();
  other.trails.push(...structuredClone(trails));
  for (const [name, region] of regions) {
    const place = other.regions.get(name);
    if (place !== undefined) copyRegion(region, place, copy);
  }
}

function copyRegion({ clusters, records }: RegionState, other: RegionState, { world }: Simulation): void {
  other.records.push(...structuredClone(records));
  for (const [name, { associations, ...cluster }] of clusters) {
    const own: ClusterState = {
      ...structuredClone(cluster),
      associations: createReplica(
        structuredClone(associations.live),
        world.clock,
        world.settings.delaySeconds,
      ),
    };
    other.clusters.set(name, own);
  }
}
