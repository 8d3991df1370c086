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
