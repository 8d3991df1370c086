import type { Verdict } from '../applying.ts';
import type { Reading } from './reading.ts';

/** Stops every write at once, also the way back. */
export interface KillSwitch {
  readonly engaged: boolean;
  /** Who turned it, when and why, in words. */
  readonly note: string;
}

/** A kill switch that cannot be read is engaged. */
export function decideKillSwitch(state: Reading<KillSwitch>): Verdict {
  if (!state.known)
    return { allowed: false, reason: `the kill switch could not be read (${state.reason})`, later: true };
  if (!state.value.engaged) return { allowed: true };
  return { allowed: false, reason: `the kill switch is engaged${state.value.note}`, later: true };
}
