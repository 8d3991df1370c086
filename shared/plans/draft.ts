import type { Change } from '../changes/change.ts';
import type { Session } from '../estate/snapshot.ts';
import type { EffectiveWay } from './ways/way.ts';

/** What a planner makes of one finding: changes, or why there are none. Proof, ownership and intent are worked out of it. */
export type Draft = Drafted | Declined;

export interface Declined {
  readonly kind: 'declined';
  /** What is missing, or why no change is safe; one sentence each. */
  readonly reasons: readonly string[];
}

export interface Drafted {
  readonly kind: 'draft';
  /** What it does, one sentence. */
  readonly title: string;
  /** In the order in which they are made: access is added before it is taken. */
  readonly changes: readonly Change[];
  /** Whose wish it is that somebody gets in, where the configuration does not declare it. */
  readonly wish: string;
  /** Reasons for which a person has to decide, whatever the proof says. */
  readonly approval?: readonly string[];
  readonly notes?: readonly string[];
  /** Reads that a complete proof would need. */
  readonly unknowns?: readonly string[];
  /** True for a change that is meant to let nobody in: it is declined where it would, unless the configuration declares it. */
  readonly takesAway?: true;
  /** Sessions of callers that are known to come another way since: they lose nothing. */
  readonly isMoved?: (session: Session) => boolean;
  /** The ways that it is for; whatever else begins to work is woken by it. Absent: all of them. */
  readonly isMeant?: (way: EffectiveWay) => boolean;
}

/** No plan, and why. */
export function declined(...reasons: readonly string[]): Declined {
  return { kind: 'declined', reasons };
}
