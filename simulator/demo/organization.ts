import { SNAPSHOT_VERSION, type Snapshot } from '../../shared/estate/snapshot.ts';
import { simulationFrom } from '../load.ts';
import type { Simulation } from '../simulation.ts';
import { TAKEN_AT } from './places.ts';
import { platform } from './platform.ts';
import { production } from './production.ts';
import { staging } from './staging.ts';

/** The demo organization as data: 3 accounts, 2 regions, 6 clusters, mostly healthy. What is wrong is in `faults.ts`. */
export function demoSnapshot(): Snapshot {
  return {
    schemaVersion: SNAPSHOT_VERSION,
    takenAt: TAKEN_AT,
    organization: { complete: true },
    accounts: structuredClone([staging, production, platform]),
    coverage: [],
  };
}

/** The demo organization, running. Its caller is the role `podtrust` of the platform account; `podtrust-read` is in all. */
export function demoOrganization(): Simulation {
  return simulationFrom(demoSnapshot());
}
