import * as z from 'zod';
import { keptDetailsSchema } from './details.ts';

/** What the last scan that judged an account rested on. */
export const scanStateSchema = z.strictObject({
  scan: z.string(),
  /** When it judged, UTC. */
  at: z.iso.datetime(),
  /** Digest of everything that was read: the account, those beside it, what was observed, the organization. */
  readings: z.string(),
  /** Digest of what judges: configuration, waivers, version. */
  settings: z.string(),
  /** Order of its audit, which was the newest of the account then; null: a newer one had judged already. */
  order: z.string().nullable(),
  /** Where it is kept what the judgement asked of accounts that were not beside it; absent: nothing. */
  asked: z.string().optional(),
  /** What it left for reports; older versions left nothing. */
  details: keptDetailsSchema.optional(),
});

export type ScanState = Readonly<z.infer<typeof scanStateSchema>>;

/** What is remembered of each account between scans. */
export interface ScanStates {
  /** null: no scan judged it yet. */
  readonly get: (account: string) => Promise<ScanState | null>;
  readonly put: (account: string, state: ScanState) => Promise<void>;
}

/** In this process. */
export function memoryScanStates(): ScanStates {
  const states = new Map<string, ScanState>();
  return {
    get: async (account) => states.get(account) ?? null,
    put: async (account, state) => void states.set(account, state),
  };
}
