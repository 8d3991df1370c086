/** A record as it is kept: its text, and how often it was written. */
export interface Kept {
  readonly sort: string;
  readonly body: string;
  readonly version: number;
}

/**
 * Where everything about repairs is kept: texts by part and sort key. Nothing is ever deleted. Every method throws what
 * the medium throws; every read sees every write that ended before it.
 */
export interface Records {
  readonly read: (part: string, sort: string) => Promise<Kept | null>;
  /** Writes in the place of a version, 0: where there is none. False: somebody else wrote meanwhile. */
  readonly write: (part: string, sort: string, body: string, version: number) => Promise<boolean>;
  /** Those of a part whose sort keys begin with a prefix, in the order of the keys. */
  readonly list: (part: string, prefix: string) => Promise<readonly Kept[]>;
  /** The last of them. */
  readonly last: (part: string, prefix: string) => Promise<Kept | null>;
}

/** Others write to the same record all the time. */
export class BusyRecordError extends Error {
  override readonly name = 'BusyRecordError';
  constructor(part: string, sort: string) {
    super(`The record ${part} ${sort} is written by too many at once. Try again.`);
  }
}

const TRIES = 20;

/**
 * Changes a record by what it holds now: `next` makes its new text, or null to leave it. Answers what `next` answered
 * last. Throws BusyRecordError.
 */
export async function change<Result>(
  records: Records,
  part: string,
  sort: string,
  next: (body: string | null) => { readonly body: string | null; readonly result: Result },
): Promise<Result> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const known = await records.read(part, sort);
    const { body, result } = next(known?.body ?? null);
    if (body === null || (await records.write(part, sort, body, known?.version ?? 0))) return result;
  }
  throw new BusyRecordError(part, sort);
}
