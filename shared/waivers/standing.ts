import type { Waiver } from './waiver.ts';

const DAY = 86_400_000;

/** `too-long`: it would hold for more days than the configuration allows, and therefore does not hold at all. */
export type Standing = 'holds' | 'expired' | 'too-long';

export interface WaiverTerms {
  readonly now: Date;
  /** How many days ahead a waiver may expire at most. */
  readonly mostDays: number;
}

/** Whether a waiver holds now. It holds through the whole day on which it expires, UTC. */
export function standingOf({ expires }: Waiver, { now, mostDays }: WaiverTerms): Standing {
  const end = Date.parse(`${expires}T00:00:00Z`) + DAY;
  if (end <= now.getTime()) return 'expired';
  return end > now.getTime() + (mostDays + 1) * DAY ? 'too-long' : 'holds';
}

/** Whole days until a waiver ends; 0 on its last one, negative when it has ended. */
export function daysLeft({ expires }: Waiver, now: Date): number {
  return Math.floor((Date.parse(`${expires}T00:00:00Z`) + DAY - now.getTime()) / DAY);
}
