/** How far a collection is: told after every call. */
export interface Progress {
  /** Calls that were answered or failed so far, each page counted. */
  readonly calls: number;
  readonly gaps: number;
  /** The read that just ended and its place, `eks:ListAddons 111122223333 eu-west-1 prod`. */
  readonly doing: string;
}
