import { targetKey } from '../../changes/change.ts';
import { standingOf } from '../../changes/repairs/entries.ts';
import { type ApplyPorts, concludeStopped } from './apply.ts';

export type StopPorts = Pick<ApplyPorts, 'store' | 'topic' | 'telemetry'>;

/** Leaves a plan as it is, with its targets locked, and says so: nobody knows whether more writing would help. */
export function stopPlan(ports: StopPorts) {
  return async (digest: string, reason: string): Promise<void> => {
    const { store } = ports;
    const kept = await store.plan(digest);
    const standing = standingOf(await store.entries(digest));
    if (standing === 'stopped' || standing === 'verified') return;
    for (const change of kept.plan.changes) await store.locks.acquire(targetKey(change), digest);
    await concludeStopped(digest, kept, reason, ports);
  };
}
