import { canonicalJson } from '../../changes/change.ts';
import type { Plan } from '../../changes/plan.ts';
import { type Entry, standingOf } from '../../changes/repairs/entries.ts';
import { PoisonedPlanError, UnknownPlanError } from '../../changes/repairs/kept-plan.ts';
import { UnreadableRepairError } from '../../changes/repairs/parts.ts';
import type { RepairStore } from '../../changes/repairs/repair-store.ts';

/** How far the plan came that was made for a finding before. */
type Came =
  /** It was kept, and nobody was asked: the mode says so, or its execution ended. */
  | 'not-asked'
  /** Somebody is asked, or it is being written. */
  | 'under-way'
  /** A guard let nothing through. */
  | 'refused'
  /** What it was to change had been changed meanwhile. */
  | 'stale'
  /** It stopped, and somebody looked and let go of its targets. */
  | 'unlocked'
  /** It did what it was for, or people know of it and have the say: rejected, expired, taken back, stopped, left to them. */
  | 'over';

/** The plan that was made for a finding before. */
export interface EarlierTry {
  readonly plan: string;
  readonly execution: string;
  readonly came: Came;
  /** When that was; of a plan that came nowhere, when it was made. */
  readonly at: string;
}

/** How far a plan came, by its history. */
function cameOf(entries: readonly Pick<Entry, 'what'>[]): Came {
  const last = entries.at(-1)?.what;
  if (last === 'unlocked') return 'unlocked';
  const standing = standingOf(entries);
  if (standing === 'applied') return 'under-way';
  if (standing !== 'open') return 'over';
  switch (last) {
    case undefined:
    case 'planned':
      return 'not-asked';
    case 'refused':
      return entries.at(-2)?.what === 'stale' ? 'stale' : 'refused';
    case 'left-to-owner':
    case 'by-hand':
      return 'over';
    default:
      return 'under-way';
  }
}

/** The plan that was made before for a finding as it is, and how far it came; null: none was. */
export async function earlierTry(
  of: string,
  store: Pick<RepairStore, 'lastTry' | 'entries'>,
): Promise<EarlierTry | null> {
  const last = await store.lastTry(of);
  if (last === null) return null;
  const entries = await store.entries(last.plan);
  const { plan, execution } = last;
  return { plan, execution, came: cameOf(entries), at: entries.at(-1)?.at ?? '' };
}

/** Why an execution plans nothing after an earlier try, which may be its own; null where it does. */
export function leavesAlone({ plan, execution, came }: EarlierTry, name: string): string | null {
  switch (came) {
    case 'under-way':
      return execution === name ? null : `plan ${plan} for it is under way`;
    case 'over':
      return `plan ${plan} was made for it: podtrust history shows how it ended`;
    case 'not-asked':
    case 'refused':
    case 'stale':
    case 'unlocked':
      return null;
  }
}

/** Whether a plan makes the same changes as an earlier one; one that cannot be read any more is another. */
export async function isSameAs(
  { changes }: Plan,
  { plan }: EarlierTry,
  store: Pick<RepairStore, 'plan'>,
): Promise<boolean> {
  try {
    const earlier = await store.plan(plan);
    return canonicalJson(earlier.plan.changes) === canonicalJson(changes);
  } catch (error) {
    if (
      error instanceof PoisonedPlanError ||
      error instanceof UnknownPlanError ||
      error instanceof UnreadableRepairError
    )
      return false;
    throw error;
  }
}
