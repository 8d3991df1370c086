/** The errors of repairing, each by the name that the state machine catches. */

/** The finding is still there after the fix: IAM may not show it yet. */
export class StillFoundError extends Error {
  override readonly name = 'StillFoundError';
}

/** A write of the fix was sent and not seen, for so long that it is to be taken back. */
export class UnseenError extends Error {
  override readonly name = 'UnseenError';
}

/** The fix made something worse. */
export class WorseError extends Error {
  override readonly name = 'WorseError';
}

/** What would show that the finding is gone could not be read. */
export class UndecidedError extends Error {
  override readonly name = 'UndecidedError';
}

/** Somebody may not decide, or did not show who it is. */
export class NotAnApproverError extends Error {
  override readonly name = 'NotAnApproverError';
}
