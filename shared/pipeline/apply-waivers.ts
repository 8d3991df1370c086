import type { Finding } from '../findings/finding.ts';
import { restate } from '../findings/restate.ts';
import type { FindingStore } from '../findings/store.ts';
import type { StoredFinding } from '../findings/stored.ts';
import type { WaiverStore } from '../waivers/store.ts';
import { waive } from '../waivers/waive.ts';
import type { Telemetry } from './telemetry.ts';

export interface ApplyWaiversPorts {
  readonly waivers: Pick<WaiverStore, 'list'>;
  readonly store: FindingStore;
  readonly telemetry: Telemetry;
  readonly mostDays: number;
  readonly hash: (text: string) => string;
  readonly now: () => Date;
}

export interface AppliedWaivers {
  readonly waived: number;
  readonly reopened: number;
  /** Findings that others wrote meanwhile: left to the next run. */
  readonly conflicts: number;
}

/** How many findings one run changes: what is beyond them is left to the next. */
const MOST_CHANGES = 1000;

/**
 * Brings the findings that are stored to what the waivers say today: one that expired, or was taken back, reopens what it
 * accepted, and a new one accepts what is there. Nothing is read from AWS accounts. Runs twice without harm; throws what
 * the stores throw, and then the next run does it.
 */
export function applyWaivers(ports: ApplyWaiversPorts) {
  return async (): Promise<AppliedWaivers> => {
    const { store, telemetry, hash } = ports;
    const now = ports.now();
    const waivers = await ports.waivers.list();
    const changes: { stored: StoredFinding; finding: Finding }[] = [];
    for await (const stored of store.listOpen()) {
      const [finding] = waive([stored.finding], waivers, { now, mostDays: ports.mostDays });
      if (finding !== undefined && finding.status !== stored.finding.status)
        changes.push({ stored, finding });
      if (changes.length >= MOST_CHANGES) break;
    }
    const { transitions, conflicts } = await restate(store, changes, { name: 'waivers', now, hash });
    const waived = transitions.filter(({ change }) => change === 'waived').length;
    telemetry.count('FindingsWaived', waived);
    telemetry.count('WaiversEnded', transitions.length - waived);
    return { waived, reopened: transitions.length - waived, conflicts };
  };
}
