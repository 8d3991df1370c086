import { finish, rollBackChanges } from '../../changes/apply.ts';
import { canaryNames } from '../../changes/guards/canary-first.ts';
import { standingOf } from '../../changes/repairs/entries.ts';
import type { KeptPlan } from '../../changes/repairs/kept-plan.ts';
import {
  type ApplyPorts,
  applyingOf,
  concludeRolledBack,
  concludeStopped,
  LOOK_SECONDS,
  wasRefused,
} from './apply.ts';
import { repairMessage } from './notice.ts';

/**
 * What became of taking a plan back; `refused`: nothing of it was ever written. `wait`: something that was sent is not seen
 * yet, or may arrive yet; it is to be run again.
 */
export type RolledBack =
  | { readonly outcome: 'rolled-back' | 'stopped' | 'refused' }
  | { readonly outcome: 'wait'; readonly seconds: number; readonly reason: string };

/** Takes back what a plan wrote, in reverse. Runs twice without harm. */
export function rollBackPlan(ports: ApplyPorts) {
  return async (digest: string, reason: string): Promise<RolledBack> => {
    const { store } = ports;
    const kept = await store.plan(digest);
    const entries = await store.entries(digest);
    const standing = standingOf(entries);
    if (standing === 'rolled-back' || standing === 'stopped') return { outcome: standing };
    if (standing !== 'applied' && !entries.some(({ what }) => what === 'writing')) {
      await concludeUnwritten(digest, kept, reason, ports);
      return { outcome: 'refused' };
    }
    if (entries.at(-1)?.what !== 'not-verified')
      await store.note({ plan: digest, what: 'not-verified', reason });
    const { changes } = kept.plan;
    const outcome = await rollBackChanges(digest, changes, reason, applyingOf(digest, kept, ports));
    if (outcome.outcome === 'unseen')
      return { outcome: 'wait', seconds: LOOK_SECONDS, reason: outcome.reason };
    if (outcome.outcome === 'stopped') {
      await concludeStopped(digest, kept, outcome.reason, ports);
      return { outcome: 'stopped' };
    }
    await concludeRolledBack(digest, kept, reason, ports);
    return { outcome: 'rolled-back' };
  };
}

/** Lets go of the targets of a plan of which nothing was written, and says why not: no guard did, so nobody was told. */
async function concludeUnwritten(
  digest: string,
  { plan, origin }: KeptPlan,
  reason: string,
  { store, topic, telemetry }: ApplyPorts,
): Promise<void> {
  const { account } = origin;
  await finish(digest, plan.changes, store.locks);
  for (const name of canaryNames({ plan, origin }))
    for (const { target } of plan.changes) await store.endCanary(target.account, name, digest, 'gone');
  if (!wasRefused(await store.entries(digest), reason))
    await topic.publish(repairMessage({ what: 'refused', digest, plan, account, reason }));
  await store.note({ plan: digest, what: 'refused', reason });
  telemetry.count('PlansRefused');
}
