/**
 * Where steps put what is too large for the state machine's 256 KiB, and what should not lie in its history: the
 * execution carries the key alone (claim check).
 */
export interface Claims {
  /** Keeps a text under a key; the same key is overwritten. */
  readonly put: (key: string, text: string) => Promise<void>;
  /** Throws LostClaimError when nothing is there. */
  readonly get: (key: string) => Promise<string>;
}

/** Key of what one step of an evaluation left. */
export function claimKey(evaluation: string, what: 'snapshot' | 'notices'): string {
  return `evaluations/${evaluation}/${what}.json`;
}
