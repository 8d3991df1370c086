import type { Lane, Turn } from './lane.ts';
import type { ScopeRequest } from './scope-request.ts';

/** What a turn has to judge. */
export interface Begun {
  /** Every request up to this number is in `requests`; one that comes later has a higher one, and a turn of its own. */
  readonly covering: number;
  readonly requests: readonly ScopeRequest[];
  /** When this turn began for the first time: patience is counted from here. */
  readonly begunAt: string;
}

/** A lane that has something to do, and the turn that ought to be at it. */
export interface BusyLane {
  readonly turn: Turn;
  /** When the turn was handed out. */
  readonly since: string;
  /** How many turns in a row ended without settling. */
  readonly abandoned: number;
}

/**
 * The counters `requested` and `evaluated` of every lane, and what is asked for in between. At most one turn of a lane
 * is handed out at a time; what is asked for after it began waits for the next one. Every call is atomic and may be
 * repeated.
 */
export interface ScopeRegister {
  /**
   * Adds requests to a lane, unless all of these events asked before. Returns the turn that has to be running: start it,
   * which is harmless when it was started before. null: nothing is asked for that was not evaluated.
   */
  readonly request: (
    lane: Lane,
    requests: readonly ScopeRequest[],
    eventIds: readonly string[],
  ) => Promise<Turn | null>;
  /** What the turn has to judge. null: the lane has gone on without it, and it has nothing to do. */
  readonly begin: (turn: Turn) => Promise<Begun | null>;
  /** Everything up to `covering` was judged. Returns the turn that has to be started next, if there is one. */
  readonly settle: (turn: Turn, covering: number) => Promise<Turn | null>;
  /** Gives up a turn that ended without settling, and returns the one that takes its place; null: it had settled. */
  readonly replace: (turn: Turn) => Promise<Turn | null>;
  /**
   * Lanes that have something to do; a write of the last second may be missing. One whose record cannot be read is handed
   * to `unreadable`, and the others go on.
   */
  readonly busy: (unreadable: (error: Error) => void) => AsyncIterable<BusyLane>;
}
