import { type WaiverStore, waiverKey } from '../../shared/waivers/store.ts';
import type { Waiver } from '../../shared/waivers/waiver.ts';

/** Waivers in this process. */
export function memoryWaivers(): WaiverStore {
  let kept: readonly Waiver[] = [];
  return {
    list: async () => kept,
    replace: async (waivers) => {
      const [before, after] = [new Set(kept.map(waiverKey)), new Set(waivers.map(waiverKey))];
      kept = waivers;
      return { added: after.difference(before).size, removed: before.difference(after).size };
    },
  };
}
