import { type Account, SNAPSHOT_VERSION, type Snapshot } from '../../shared/estate/snapshot.ts';
import { simulationFrom } from '../load.ts';
import type { Simulation } from '../simulation.ts';
import { kubernetesOf } from './kubernetes.ts';
import { PECULIAR } from './peculiar.ts';
import { TAKEN_AT } from './places.ts';
import { platform } from './platform.ts';
import { production } from './production.ts';
import { staging } from './staging.ts';

const ACCOUNTS: readonly Account[] = [staging, production, platform];

/** An account whose clusters show their Kubernetes APIs: pods may use roles of every account. */
function withKubernetes(account: Account): Account {
  const roles = ACCOUNTS.flatMap((one) => one.roles ?? []);
  const regions = account.regions?.map(({ name, clusters }) => ({
    name,
    ...(clusters === undefined
      ? {}
      : {
          clusters: clusters.map((cluster) => ({
            ...cluster,
            kubernetes: kubernetesOf(cluster, { region: name, account, roles }, PECULIAR[cluster.name]),
          })),
        }),
  }));
  return { ...account, ...(regions === undefined ? {} : { regions }) };
}

/** The demo organization as data: 3 accounts, 2 regions, 6 clusters, mostly healthy. What is wrong is in `faults.ts`. */
export function demoSnapshot(): Snapshot {
  return {
    schemaVersion: SNAPSHOT_VERSION,
    takenAt: TAKEN_AT,
    organization: { complete: true },
    accounts: structuredClone(ACCOUNTS.map(withKubernetes)),
    coverage: [],
  };
}

/** The demo organization, running. Its caller is the role `podtrust` of the platform account; `podtrust-read` is in all. */
export function demoOrganization(): Simulation {
  return simulationFrom(demoSnapshot());
}
