import { begunIn } from '../../changes/begun.ts';
import { targetKey } from '../../changes/change.ts';
import { standingOf } from '../../changes/repairs/entries.ts';
import { type KeptPlan, PoisonedPlanError, UnknownPlanError } from '../../changes/repairs/kept-plan.ts';
import { UnreadableRepairError } from '../../changes/repairs/parts.ts';
import type { RepairStore } from '../../changes/repairs/repair-store.ts';
import { type ApplyPorts, concludeStopped, concludeVerified } from './apply.ts';
import { repairMessage } from './notice.ts';

export type StopPorts = Pick<ApplyPorts, 'store' | 'topic' | 'telemetry'>;

/**
 * `refused`: its history shows no write, so that there is nothing to stop. `verified`: it did what it was for, and only
 * saying so had failed.
 */
export interface Stopped {
  readonly outcome: 'stopped' | 'refused' | 'verified';
}

interface Stopping {
  readonly digest: string;
  readonly reason: string;
  /** Where its finding is; of a plan that can be read, the plan says it. */
  readonly account?: string | undefined;
}

/**
 * Leaves a plan as it is, with its targets locked, and says so: nobody knows whether more writing would help. Of a plan
 * that is not any more what was made the history says what was written: nothing means that it is refused. Runs twice
 * without harm.
 */
export function stopPlan(ports: StopPorts) {
  return async ({ digest, reason, account = '' }: Stopping): Promise<Stopped> => {
    const { store } = ports;
    const kept = await readable(digest, store);
    if (kept instanceof Error)
      return stopUnread({ digest, reason: `${kept.name}: ${kept.message}`, account }, ports);
    const standing = standingOf(await store.entries(digest));
    if (standing === 'stopped') return { outcome: 'stopped' };
    if (standing === 'verified') {
      await concludeVerified(digest, kept, ports);
      return { outcome: 'verified' };
    }
    for (const change of kept.plan.changes) await store.locks.acquire(targetKey(change), digest);
    await concludeStopped(digest, kept, reason, ports);
    return { outcome: 'stopped' };
  };
}

/** The plan, or why what is kept cannot be trusted. Throws what the store throws besides. */
async function readable(digest: string, store: Pick<RepairStore, 'plan'>): Promise<KeptPlan | Error> {
  try {
    return await store.plan(digest);
  } catch (error) {
    if (
      error instanceof PoisonedPlanError ||
      error instanceof UnknownPlanError ||
      error instanceof UnreadableRepairError
    )
      return error;
    throw error;
  }
}

async function stopUnread(
  { digest, reason, account }: Required<Stopping>,
  { store, topic, telemetry }: StopPorts,
): Promise<Stopped> {
  const entries = await store.entries(digest);
  const standing = standingOf(entries);
  if (standing === 'stopped') return { outcome: 'stopped' };
  const begun = begunIn(entries);
  const stands =
    standing === 'open' || standing === 'expired' || standing === 'applied' ? [...begun.keys()] : [];
  const written = [
    ...new Set(
      entries.flatMap(({ change, target }) =>
        change !== undefined && stands.includes(change) && target !== undefined ? [target] : [],
      ),
    ),
  ];
  const what = written.length === 0 ? 'refused' : 'stopped';
  for (const target of written) await store.locks.acquire(target, digest);
  // Told before it is noted: a crash in between tells it twice, the other way round it would never be told.
  await topic.publish(repairMessage({ what, digest, plan: { written }, account: account ?? '', reason }));
  await store.note({ plan: digest, what, reason });
  telemetry.count(what === 'stopped' ? 'PlansStopped' : 'PlansRefused');
  return { outcome: what };
}
