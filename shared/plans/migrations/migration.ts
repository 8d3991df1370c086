import type { Plan } from '../../changes/plan.ts';
import { assemble } from '../assemble.ts';
import { type Declined, type Drafted, declined } from '../draft.ts';
import type { PlanContext } from '../plan-context.ts';

/** Where a migration stands: what can be planned now, and what has to happen besides. Asked again, it goes on from there. */
export interface Migration {
  /** In the order in which they are to be applied. */
  readonly plans: readonly NamedPlan[];
  /** What cannot be migrated, and why. */
  readonly refused: readonly Refusal[];
  /** What has to be done, or seen, before the next step can be planned. */
  readonly waiting: readonly string[];
  /** What is migrated, and how that is known. */
  readonly done: readonly string[];
}

/** A plan with a name that is good for a file. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: Plan;
}

export interface Refusal {
  readonly target: string;
  readonly reasons: readonly string[];
}

/** Migrations one after the other. */
export function joinedMigrations(parts: readonly Migration[]): Migration {
  return {
    plans: parts.flatMap(({ plans }) => plans),
    refused: parts.flatMap(({ refused }) => refused),
    waiting: parts.flatMap(({ waiting }) => waiting),
    done: parts.flatMap(({ done }) => done),
  };
}

/** Nothing can be done about one thing, and why. */
export function refusal(target: string, reasons: readonly string[]): Migration {
  return { plans: [], refused: [{ target, reasons }], waiting: [], done: [] };
}

const ASKED =
  'It is a step of a migration that was asked for on the command line: an approver answers for it.';

/** The plan of one step. A step that only takes away is declined where it would let somebody in, or break somebody. */
export function stepPlan(name: string, draft: Drafted, context: PlanContext): NamedPlan | Declined {
  const plan = assemble({ ...draft, approval: [ASKED, ...(draft.approval ?? [])] }, [], context);
  if (draft.takesAway === true) {
    if (plan.proof.adds)
      return declined(
        `The step that should only take access away would let in ${plan.proof.intended.join(', ')}.`,
      );
    if (plan.blockers.length > 0) return declined(...plan.blockers);
  }
  return { name: fileName(name), plan };
}

function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 120);
}
