import { applyChanges, finish } from '../../changes/apply.ts';
import { type Outcome, type Patience, SIGHT_SECONDS, type World } from '../../changes/applying.ts';
import { begunIn } from '../../changes/begun.ts';
import { hasExpired } from '../../changes/guards/approval.ts';
import { canaryNames } from '../../changes/guards/canary-first.ts';
import { type GuardPorts, guardsOf, wayBackGuardsOf } from '../../changes/guards/guards-of.ts';
import { type Entry, LONGEST_REASON, type Standing, standingOf } from '../../changes/repairs/entries.ts';
import type { KeptPlan } from '../../changes/repairs/kept-plan.ts';
import type { RepairStore } from '../../changes/repairs/repair-store.ts';
import type { Topic } from '../notify.ts';
import type { Telemetry } from '../telemetry.ts';
import { UnseenError } from './errors.ts';
import { repairMessage } from './notice.ts';

export interface ApplyPorts {
  readonly store: RepairStore;
  readonly guards: Omit<GuardPorts, 'store'>;
  /** Reads and writes for the changes of the plan of a digest. */
  readonly world: (digest: string) => World;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly topic: Topic;
  readonly telemetry: Telemetry;
}

/** What happens next with a plan that was to be applied. */
export type Applied =
  | { readonly next: 'verify'; readonly written: number }
  /** For a guard, that may answer otherwise by and by, or for sight of a write that was sent: it is then run again. */
  | {
      readonly next: 'wait';
      readonly waitsFor: 'guard' | 'sight';
      readonly seconds: number;
      readonly reason: string;
    }
  | { readonly next: 'end'; readonly outcome: Ended; readonly reason: string }
  | { readonly next: 'stopped'; readonly reason: string };

type Ended =
  | 'refused'
  | 'stale'
  | 'rolled-back'
  | Exclude<Standing, 'open' | 'expired' | 'applied' | 'stopped'>;

const WAIT_SECONDS = 300;
/** Between two looks at what was sent and is not seen: each has the patience of a function besides. */
export const LOOK_SECONDS = 60;

/**
 * Applies the plan of a digest, unless it came to an end before. Runs twice without harm: live state decides what is left
 * to do. Throws UnseenError when a write was not seen for so long that it is to be taken back, UnknownPlanError,
 * PoisonedPlanError, and what the store throws.
 */
export function applyPlan(ports: ApplyPorts) {
  return async (digest: string): Promise<Applied> => {
    const { store } = ports;
    const kept = await store.plan(digest);
    const standing = standingOf(await store.entries(digest));
    switch (standing) {
      case 'applied':
        return { next: 'verify', written: 0 };
      case 'verified':
      case 'rejected':
      case 'rolled-back':
        return { next: 'end', outcome: standing, reason: `the plan is ${standing} already: make a new one` };
      case 'stopped':
        return { next: 'stopped', reason: 'it stopped before: a person has to look' };
      case 'open':
      case 'expired':
        return concluded(
          digest,
          kept,
          await applyChanges(digest, kept.plan.changes, applyingOf(digest, kept, ports)),
          ports,
        );
    }
  };
}

/** What the engine needs for one plan. */
export function applyingOf(digest: string, kept: KeptPlan, ports: ApplyPorts) {
  const guards = { ...ports.guards, store: ports.store };
  return {
    world: ports.world(digest),
    locks: ports.store.locks,
    journal: ports.store.journal,
    guards: guardsOf(digest, kept, guards),
    wayBackGuards: wayBackGuardsOf(guards),
    patience: patienceOf(ports.guards.fixes?.patienceSeconds ?? 60, ports.sleep),
    now: ports.guards.now,
  };
}

/** Waits that grow, as many as fit. */
export function patienceOf(seconds: number, sleep: Patience['sleep']): Patience {
  const waits: number[] = [];
  let left = seconds * 1000;
  for (let wait = 500; left > 0; wait = Math.min(wait * 2, 10_000)) {
    waits.push(Math.min(wait, left));
    left -= wait;
  }
  return { waits, sleep };
}

async function concluded(
  digest: string,
  kept: KeptPlan,
  outcome: Outcome,
  ports: ApplyPorts,
): Promise<Applied> {
  const { store, guards } = ports;
  switch (outcome.outcome) {
    case 'applied':
      await store.note({ plan: digest, what: 'applied' });
      return { next: 'verify', written: outcome.written };
    case 'refused':
    case 'stale': {
      const { reason } = outcome;
      if (outcome.later && isYoung(kept, guards))
        return { next: 'wait', waitsFor: 'guard', seconds: WAIT_SECONDS, reason };
      await concludeRefused(digest, kept, outcome.change, reason, ports);
      return { next: 'end', outcome: outcome.outcome, reason };
    }
    case 'rolled-back':
      await concludeRolledBack(digest, kept, outcome.reason, ports);
      return { next: 'end', outcome: 'rolled-back', reason: outcome.reason };
    case 'unseen': {
      const { reason } = outcome;
      const begun = [...begunIn(await store.entries(digest)).values()];
      const age = guards.now().getTime() - Math.min(...begun.map(({ since }) => since));
      if (age >= SIGHT_SECONDS * 1000) throw new UnseenError(reason);
      return { next: 'wait', waitsFor: 'sight', seconds: LOOK_SECONDS, reason };
    }
    case 'stopped':
      await concludeStopped(digest, kept, outcome.reason, ports);
      return { next: 'stopped', reason: outcome.reason };
  }
}

/**
 * Says that nothing was written: to whoever approved it, since they wait for it, and in the history, where an approval
 * that ran out meanwhile is told from a guard's no.
 */
async function concludeRefused(
  digest: string,
  { plan, origin }: KeptPlan,
  change: number,
  reason: string,
  { store, topic, telemetry, guards }: ApplyPorts,
): Promise<void> {
  const { account } = origin;
  for (const name of canaryNames({ plan, origin }))
    for (const { target } of plan.changes) await store.endCanary(target.account, name, digest, 'gone');
  const decision = await store.decision(digest);
  if (decision?.verdict === 'approved' && !wasRefused(await store.entries(digest), reason))
    await topic.publish(repairMessage({ what: 'refused', digest, plan, account, reason }));
  await store.note({ plan: digest, what: 'refused', change, reason });
  if (
    decision?.verdict === 'approved' &&
    hasExpired(decision, guards.fixes?.approvalHours ?? 0, guards.now())
  )
    await store.note({
      plan: digest,
      what: 'expired',
      reason: `the approval by ${decision.by.arn} at ${decision.at} holds no longer`,
    });
  telemetry.count('PlansRefused');
}

/** Whether a plan was refused for the same reason before: that was told then. */
export function wasRefused(entries: readonly Entry[], reason: string): boolean {
  return entries.some(
    (entry) => entry.what === 'refused' && entry.reason === reason.slice(0, LONGEST_REASON),
  );
}

/** A plan waits for its guards no longer than twice the time that an approval holds. */
function isYoung({ plan }: KeptPlan, { fixes, now }: ApplyPorts['guards']): boolean {
  const hours = (now().getTime() - Date.parse(plan.madeAt)) / 3_600_000;
  return hours < 2 * (fixes?.approvalHours ?? 0);
}

/** Says that a plan was taken back. */
export async function concludeRolledBack(
  digest: string,
  { plan, origin }: KeptPlan,
  reason: string,
  { store, topic, telemetry }: Pick<ApplyPorts, 'store' | 'topic' | 'telemetry'>,
): Promise<void> {
  const { account } = origin;
  for (const name of canaryNames({ plan, origin }))
    for (const { target } of plan.changes) await store.endCanary(target.account, name, digest, 'failed');
  // Told before it is noted: a crash in between tells it twice, the other way round it would never be told.
  await topic.publish(repairMessage({ what: 'rolled-back', digest, plan, account, reason }));
  await store.note({ plan: digest, what: 'rolled-back', reason });
  telemetry.count('PlansRolledBack');
}

/** Lets go of the targets of a plan that is noted as verified, and says so. */
export async function concludeVerified(
  digest: string,
  { plan, origin: { account } }: KeptPlan,
  { store, topic, telemetry }: Pick<ApplyPorts, 'store' | 'topic' | 'telemetry'>,
): Promise<void> {
  await finish(digest, plan.changes, store.locks);
  telemetry.count('PlansVerified');
  await topic.publish(repairMessage({ what: 'verified', digest, plan, account }));
}

/** Says that a plan stopped and what to do; its locks stay. */
export async function concludeStopped(
  digest: string,
  { plan, origin: { account } }: KeptPlan,
  reason: string,
  { store, topic, telemetry }: Pick<ApplyPorts, 'store' | 'topic' | 'telemetry'>,
): Promise<void> {
  await topic.publish(repairMessage({ what: 'stopped', digest, plan, account, reason }));
  await store.note({ plan: digest, what: 'stopped', reason });
  telemetry.count('PlansStopped');
}
