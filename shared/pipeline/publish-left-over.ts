import type { FindingStore, Unreadable } from '../findings/store.ts';
import type { Transition } from '../findings/transition.ts';
import { type NotifyPorts, publishOnce } from './notify.ts';

export interface LeftOverPorts extends NotifyPorts {
  /** Transitions that nobody marked as published, in any order (FindingStore.listUnpublished). */
  readonly listUnpublished: FindingStore['listUnpublished'];
}

export interface LeftOverOptions {
  /** Younger ones are left to the stream, 10 minutes unless told. */
  readonly olderThanMinutes?: number;
  /** How many one run publishes, 200 unless told. */
  readonly most?: number;
}

export interface LeftOver {
  readonly published: number;
  /** How many could not be published: the next run tries again. */
  readonly failed: number;
  /** Whether there were more than one run publishes. */
  readonly more: boolean;
}

/** How many transitions a run looks at: what is beyond them is seen by a later run. */
const MOST_READ = 5_000;

/**
 * Publishes what the stream's consumer left over, the oldest first: it failed for longer than the stream remembers, or
 * its tries ran out. Each is looked up before, so that a race with the stream tells nothing twice but by a crash.
 * Throws what the list throws.
 */
export function publishLeftOver(ports: LeftOverPorts) {
  return async ({ olderThanMinutes = 10, most = 200 }: LeftOverOptions = {}): Promise<LeftOver> => {
    const due = await leftOver(ports, olderThanMinutes);
    const heldUp = new Set<string>();
    let published = 0;
    let failed = 0;
    for (const transition of due.slice(0, most)) {
      const { fingerprint } = transition.finding;
      if (heldUp.has(fingerprint)) continue;
      try {
        if (await publishOnce(transition, ports)) published += 1;
      } catch (error) {
        heldUp.add(fingerprint);
        failed += 1;
        ports.telemetry.count('TransitionsFailed');
        ports.telemetry.note('The transition could not be published', { id: transition.id, error });
      }
    }
    ports.telemetry.count('TransitionsLeftOver', due.length);
    return { published, failed, more: due.length > most };
  };
}

async function leftOver(ports: LeftOverPorts, olderThanMinutes: number): Promise<readonly Transition[]> {
  const limit = ports.now().getTime() - olderThanMinutes * 60_000;
  const due: Transition[] = [];
  // One record that cannot be read must not hold up all the others.
  const unreadable: Unreadable = (error) => {
    ports.telemetry.count('TransitionsFailed');
    ports.telemetry.note('A transition could not be read', { key: error.key, error });
  };
  for await (const transition of ports.listUnpublished(unreadable)) {
    if (Date.parse(transition.readAt) < limit) due.push(transition);
    if (due.length >= MOST_READ) break;
  }
  return due.sort((a, b) => a.readAt.localeCompare(b.readAt) || a.sequence - b.sequence);
}
