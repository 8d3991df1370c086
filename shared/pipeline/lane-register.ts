import type { Lane } from './lane.ts';
import { type Answer, begin, type LaneState, replace, request, settle, turnOut } from './lane-state.ts';
import type { BusyLane, ScopeRegister } from './register.ts';

/** Where lanes are kept. */
export interface LaneStore {
  /**
   * Reads a lane (an idle one when there is none), lets `change` decide, and writes what it gives if nobody else wrote
   * meanwhile; otherwise it begins again. Nothing is written when the state is the same object.
   */
  readonly update: <T>(lane: Lane, change: (state: LaneState) => Answer<T>) => Promise<T>;
  /** Lanes with a turn out, as the register's own `busy`. */
  readonly busy: (unreadable: (error: Error) => void) => AsyncIterable<LaneState>;
}

/** The register over a store of lanes. Throws what the store throws. */
export function laneRegister(
  store: LaneStore,
  hash: (text: string) => string,
  now: () => Date,
): ScopeRegister {
  const at = () => now().toISOString();
  return {
    request: (lane, requests, eventIds) =>
      store.update(lane, (state) => request(state, requests, eventIds, at(), hash)),
    begin: (turn) => store.update(turn.lane, (state) => begin(state, turn, at())),
    settle: (turn, covering) => store.update(turn.lane, (state) => settle(state, turn, covering, at(), hash)),
    replace: (turn) => store.update(turn.lane, (state) => replace(state, turn, at(), hash)),
    busy: async function* (unreadable) {
      for await (const state of store.busy(unreadable)) {
        const busy = busyLane(state, hash);
        if (busy !== null) yield busy;
      }
    },
  };
}

function busyLane(state: LaneState, hash: (text: string) => string): BusyLane | null {
  const turn = turnOut(state, hash);
  if (turn === null || state.out === null) return null;
  return { turn, since: state.out.since, abandoned: state.abandoned };
}
