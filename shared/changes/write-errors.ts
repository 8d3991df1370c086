/** What a write that failed says of what stands. Any other error says nothing: it may stand, or begin to later. */

/**
 * A write that surely did not happen: its target was no longer what the plan says it is. Whoever applies a plan treats it
 * like a stale read.
 */
export class StaleWriteError extends Error {
  override readonly name = 'StaleWriteError';
  constructor(target: string, cause?: unknown) {
    super(
      `${target} changed between reading and writing, and was not written: make a new plan`,
      cause === undefined ? undefined : { cause },
    );
  }
}

/** A write that surely did not happen: no request was sent, or each was answered by a refusal. */
export class RefusedWriteError extends Error {
  override readonly name = 'RefusedWriteError';
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A write that was taken and not carried out: what of it stands is to be taken back. */
export class FailedWriteError extends Error {
  override readonly name: string = 'FailedWriteError';
}
