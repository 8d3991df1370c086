import { laneKey } from './lane.ts';
import type { LaneStore } from './lane-register.ts';
import { idleLane, type LaneState } from './lane-state.ts';

/** Lanes in memory: for the pipeline in one process. */
export function memoryLanes(kept = new Map<string, LaneState>()): LaneStore {
  return {
    update: async (lane, change) => {
      const { state, answer } = change(kept.get(laneKey(lane)) ?? idleLane(lane));
      kept.set(laneKey(lane), state);
      return answer;
    },
    busy: async function* () {
      for (const state of [...kept.values()]) if (state.out !== null) yield state;
    },
  };
}
