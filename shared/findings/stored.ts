import * as z from 'zod';
import { doubtSchema } from './doubt.ts';
import { findingSchema } from './finding.ts';

/** A finding as a store keeps it. */
export const storedFindingSchema = z.strictObject({
  finding: findingSchema,
  /** Order of the audit that saw it first: tells this life from one that was forgotten after it was resolved. */
  life: z.string(),
  /** Number of the last transition. */
  sequence: z.number().int().positive(),
  /** Counts the writes: a write names the version that it rests on. */
  version: z.number().int().positive(),
  /** Order of the newest audit that is known to have decided it. */
  decided: z.string(),
  /** When this life began, and when the last transition was, UTC. */
  firstSeen: z.iso.datetime(),
  lastChanged: z.iso.datetime(),
  /** Unix time in seconds after which a resolved finding may be forgotten. */
  expires: z.number().int().optional(),
});

export type StoredFinding = Readonly<z.infer<typeof storedFindingSchema>>;

const runSchema = z.strictObject({
  order: z.string(),
  /** Rules that were asked; null: all. */
  rules: z.array(z.string()).nullable(),
  doubts: z.array(doubtSchema),
});

/** An audit that judged a scope, as far as it matters to audits that arrive late. */
export type Run = Readonly<z.infer<typeof runSchema>>;

/** The audits that judged a scope lately, newest first. */
export const scopeMemorySchema = z.strictObject({
  version: z.number().int().positive(),
  runs: z.array(runSchema),
  /** Unix time in seconds after which no audit is that late. */
  expires: z.number().int(),
});

export type ScopeMemory = Readonly<z.infer<typeof scopeMemorySchema>>;

/** What a store holds is not what podtrust wrote. */
export class UnreadableRecordError extends Error {
  override readonly name = 'UnreadableRecordError';
  readonly key: string;
  constructor(key: string, why: string, options?: ErrorOptions) {
    super(
      `The record ${key} in the store of findings cannot be read: ${why}. It was written by a newer version, or not by podtrust: upgrade, or delete the record; the next audit writes it again.`,
      options,
    );
    this.key = key;
  }
}

/** What a record says, or undefined after `unreadable` has heard why it cannot be read; without it the error is thrown. */
export function passingOver<Read>(
  read: () => Read,
  unreadable: ((error: UnreadableRecordError) => void) | undefined,
): Read | undefined {
  try {
    return read();
  } catch (error) {
    if (unreadable === undefined || !(error instanceof UnreadableRecordError)) throw error;
    unreadable(error);
    return undefined;
  }
}

/** Reads a record back from its JSON text. Throws UnreadableRecordError. */
export function readRecord<Schema extends z.ZodType>(
  schema: Schema,
  key: string,
  text: string,
): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const places =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path, code }) => `/${path.join('/')} (${code})`).slice(0, 3)
        : ['it is no JSON'];
    throw new UnreadableRecordError(key, places.join(', '), { cause });
  }
}
