import { type Approver, type Decision, isPodtrust } from '../../changes/guards/approval.ts';
import { standingOf } from '../../changes/repairs/entries.ts';
import type { RepairStore } from '../../changes/repairs/repair-store.ts';
import { NotAnApproverError } from './errors.ts';
import type { Callbacks } from './repair.ts';

export interface DecidePorts {
  readonly store: RepairStore;
  readonly callbacks: Callbacks;
  /** Names of the roles that podtrust reads and writes accounts with. */
  readonly ownRoles: readonly string[];
  readonly now: () => Date;
}

export interface DecisionInput {
  readonly digest: string;
  readonly verdict: 'approved' | 'rejected';
  readonly reason?: string | undefined;
}

/** The decision that stands; `goesOn`: a workflow waited for it, and goes on. */
export type Decided = Decision & { readonly goesOn: boolean };

/**
 * Records what somebody decided about a plan, and lets the workflow that waits for it go on. `by` is who AWS says it is.
 * Throws NotAnApproverError for podtrust itself, UnknownPlanError and PoisonedPlanError. Runs twice without harm.
 */
export function decide({ store, callbacks, ownRoles, now }: DecidePorts) {
  return async ({ digest, verdict, reason }: DecisionInput, by: Approver): Promise<Decided> => {
    if (isPodtrust(by, ownRoles))
      throw new NotAnApproverError(`${by.arn} is one of podtrust's own roles: a person has to decide.`);
    await store.plan(digest);
    const decision: Decision = {
      plan: digest,
      verdict,
      by,
      at: now().toISOString(),
      ...(reason !== undefined && { reason }),
    };
    const standing = await store.decide(decision);
    if (standing === decision && !(await isEnded(digest, store)))
      await store.note({
        plan: digest,
        what: verdict,
        by: by.arn,
        ...(reason !== undefined && { reason }),
      });
    const request = await store.requested(digest);
    const goesOn =
      request?.taskToken !== undefined && (await callbacks.decided(request.taskToken, standing.verdict));
    return { ...standing, goesOn };
  };
}

/** What has ended keeps its standing, whatever is decided afterwards. */
async function isEnded(digest: string, store: RepairStore): Promise<boolean> {
  const standing = standingOf(await store.entries(digest));
  return standing !== 'open' && standing !== 'expired';
}
