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

/** Key of the requests that a turn has to judge. A turn that begins twice, with more the second time, keeps both. */
export function requestsKey(turn: string, covering: number): string {
  return `evaluations/${turn}/requests-${covering}.json`;
}

/** Key of a snapshot of one account: it outlives its turn, as the record of what was effective before. */
export function snapshotKey(account: string, takenAt: string, turn: string): string {
  return `snapshots/${account}/${takenAt}-${turn}.json`;
}
