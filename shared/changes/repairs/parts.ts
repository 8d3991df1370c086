import * as z from 'zod';
import type { Records } from './records.ts';

/** What the store of repairs is made from. */
export interface RepairPorts {
  readonly records: Records;
  /** Hexadecimal SHA-256. */
  readonly hash: (text: string) => string;
  readonly now: () => Date;
}

/** The part of everything about one plan. */
export const planPart = (digest: string): string => `plan#${digest}`;

/** What the store holds is not what podtrust wrote. */
export class UnreadableRepairError extends Error {
  override readonly name = 'UnreadableRepairError';
  readonly key: string;
  constructor(key: string, why: string, options?: ErrorOptions) {
    super(
      `The record ${key} in the store of repairs cannot be read: ${why}. It was written by another version of podtrust or by somebody else; nothing that rests on it is done.`,
      options,
    );
    this.key = key;
  }
}

/** Reads a record's text. Throws UnreadableRepairError. */
export function readKept<Schema extends z.ZodType>(
  schema: Schema,
  key: string,
  body: string,
): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(body));
  } catch (cause) {
    const places =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path, code }) => `/${path.join('/')} (${code})`).slice(0, 3)
        : ['it is no JSON'];
    throw new UnreadableRepairError(key, places.join(', '), { cause });
  }
}
