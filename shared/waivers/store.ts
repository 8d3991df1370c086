import type { Waiver } from './waiver.ts';

/** Where the deployed pipeline keeps the waivers. */
export interface WaiverStore {
  /** All of them, expired ones too. Throws what its medium throws: what cannot be read accepts nothing. */
  readonly list: () => Promise<readonly Waiver[]>;
  /** Makes these the waivers that there are. A crash in the middle leaves more than wanted, never fewer; run it again. */
  readonly replace: (
    waivers: readonly Waiver[],
  ) => Promise<{ readonly added: number; readonly removed: number }>;
}

/** One text for one waiver, whatever the order of its fields. */
export function waiverKey(waiver: Waiver): string {
  return JSON.stringify(Object.entries(waiver).sort(([a], [b]) => (a < b ? -1 : 1)));
}
