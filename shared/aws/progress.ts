/** How far a collection is: told after every call. */
export interface Progress {
  /** Calls that were answered or failed so far, each page counted. */
  readonly calls: number;
  readonly gaps: number;
  /** The read that just ended and its place, `eks:ListAddons 111122223333 eu-west-1 prod`. */
  readonly doing: string;
  /** Where several accounts are read. */
  readonly accounts?: {
    readonly total: number;
    /** Read, taken over, or found closed. */
    readonly done: number;
    readonly atWork: number;
  };
}

/** Makes listeners whose counts add up: several readings are under way, each with its own. */
export function tallied(progress: (progress: Progress) => void): () => (progress: Progress) => void {
  const sum = { calls: 0, gaps: 0 };
  return () => {
    let before = { calls: 0, gaps: 0 };
    return (told) => {
      sum.calls += told.calls - before.calls;
      sum.gaps += told.gaps - before.gaps;
      before = told;
      progress({ ...told, ...sum });
    };
  };
}
