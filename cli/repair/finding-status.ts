import type { RepairStore } from '../../shared/changes/repairs/repair-store.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import type { Finding } from '../../shared/findings/finding.ts';

export interface StatusPorts {
  readonly store: Pick<RepairStore, 'journal'>;
  /** The estate before anything was written; `isFresh`: this run read it. */
  readonly before: Snapshot;
  readonly isFresh: boolean;
  readonly collect: () => Promise<Snapshot>;
  /** Findings of an estate by their fingerprints, with the waivers as they are now. */
  readonly statuses: (snapshot: Snapshot) => Promise<ReadonlyMap<string, Finding['status']>>;
}

/**
 * What is known of a finding before each write of a plan. Waivers are read each time. What AWS shows is read anew by a run
 * that goes on with what another one began; once something of the plan is written, its findings are looked up in the
 * estate before: by its own writes they go.
 */
export function findingStatusOf(digest: string, ports: StatusPorts) {
  let latest = ports.isFresh ? ports.before : null;
  return async (fingerprint: string): Promise<Finding['status'] | null> => {
    const begun = await ports.store.journal.begun(digest);
    if (begun.size === 0) latest ??= await ports.collect();
    const statuses = await ports.statuses(begun.size > 0 ? ports.before : (latest ?? ports.before));
    return statuses.get(fingerprint) ?? null;
  };
}
