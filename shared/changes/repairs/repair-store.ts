import type { Journal, JournalEntry, Locks } from '../applying.ts';
import type { Change } from '../change.ts';
import type { Decision } from '../guards/approval.ts';
import type { Canary, CanaryTurn } from '../guards/canary-first.ts';
import type { KillSwitch } from '../guards/kill-switch.ts';
import type { Plan } from '../plan.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { decisions } from './decisions.ts';
import type { Entry, NewEntry } from './entries.ts';
import { historyOf } from './history.ts';
import type { KeptPlan, Origin } from './kept-plan.ts';
import { limits } from './limits.ts';
import { locks } from './locks.ts';
import type { RepairPorts } from './parts.ts';
import { type PlanLine, plans } from './plans.ts';
import { switches } from './switches.ts';
import { type Try, tries } from './tries.ts';
import { type Write, writes } from './writes.ts';

/** Everything that is kept about repairs. */
export interface RepairStore {
  /** Keeps a plan under its digest, once; answers the digest. */
  readonly keep: (plan: Plan, origin: Origin) => Promise<string>;
  /** Throws UnknownPlanError, and PoisonedPlanError when the plan is not what the digest says. */
  readonly plan: (digest: string) => Promise<KeptPlan>;
  /** The plans that are kept, newest first. */
  readonly plans: () => Promise<readonly PlanLine[]>;

  readonly request: (request: ApprovalRequest) => Promise<void>;
  readonly requested: (plan: string) => Promise<ApprovalRequest | null>;
  /** Records a decision, and answers the one that stands: a rejection cannot be taken back. */
  readonly decide: (decision: Decision) => Promise<Decision>;
  readonly decision: (plan: string) => Promise<Decision | null>;

  readonly locks: Locks & {
    readonly holder: (key: string) => Promise<string | null>;
    /** Keys of everything that a plan holds. */
    readonly heldBy: (holder: string) => Promise<readonly string[]>;
  };

  readonly note: (entry: NewEntry) => Promise<void>;
  readonly entries: (plan: string) => Promise<readonly Entry[]>;
  readonly journal: Journal;

  /** Takes one write from the budget of an account's hour; false: nothing is left. The same write is taken once. */
  readonly spend: (account: string, write: string, budget: number) => Promise<boolean>;
  /** Whose turn it is among the fixes of a rule; a plan that has to go first is the canary from now on. */
  readonly canary: (account: string, rule: string, plan: string) => Promise<CanaryTurn>;
  /** Says what became of the canary, if this plan is it. */
  readonly endCanary: (
    account: string,
    rule: string,
    plan: string,
    state: Exclude<Canary['state'], 'running'>,
  ) => Promise<void>;

  readonly killSwitch: () => Promise<KillSwitch>;
  readonly turnKillSwitch: (engaged: boolean, by: string, reason: string) => Promise<void>;

  /** Remembers what a verified plan wrote to a target. */
  readonly remember: (change: Change, plan: string) => Promise<void>;
  /** Whether something is to be told by a plan: true for the first that asks, and for it again. */
  readonly tellOnce: (what: string, plan: string) => Promise<boolean>;
  /** What verified plans wrote to a change's target, newest first. */
  readonly remembered: (change: Change) => Promise<readonly Write[]>;

  /** The plan that was made last for a finding as it is. */
  readonly lastTry: (of: string) => Promise<Try | null>;
  /** Says which plan is the last one, in the place of a previous one; false: somebody else made one meanwhile. */
  readonly noteTry: (made: Try, previous: string | null) => Promise<boolean>;
}

/** The store of repairs over records: the same rules in DynamoDB and in a file. */
export function repairStore(ports: RepairPorts): RepairStore {
  const history = historyOf(ports);
  return {
    ...plans(ports),
    ...decisions(ports),
    ...limits(ports),
    ...switches(ports),
    ...writes(ports),
    ...tries(ports),
    locks: locks(ports),
    note: history.note,
    entries: history.entries,
    journal: {
      record: ({ plan, ...entry }: JournalEntry) => history.note({ plan, ...entry }),
      begun: history.begun,
    },
  };
}
