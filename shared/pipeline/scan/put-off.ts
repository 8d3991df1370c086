import * as z from 'zod';
import type { Claims } from '../claims.ts';
import { LostClaimError } from '../errors.ts';
import type { Telemetry } from '../telemetry.ts';
import { type ScanId, scanKeys } from './scan.ts';

/** Told by who enters accounts, once it is over: AWS put off the call. Never rejects. */
export type TellPutOff = () => Promise<void>;

interface PutOffPorts {
  readonly claims: Pick<Claims, 'put'>;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

/** That entering an account was put off, the last time. */
export interface PutOff {
  /** Another one each time. */
  readonly mark: string;
  /** When the step began that entered, in milliseconds: what it met belongs to the pace of then. */
  readonly begunAt: number;
}

const markSchema = z.strictObject({ begun: z.iso.datetime(), told: z.iso.datetime(), account: z.string() });

/**
 * Prepares, when a step begins, to leave a mark for the loop that sets the pace of a scan: entering the account was put off.
 * There is one mark for a scan, the last, so that any number of steps and repeats come to the same. What cannot be left is not
 * told, since no account goes unread for it.
 */
export function tellPutOff(
  { claims, telemetry, now }: PutOffPorts,
  { scan, account }: { readonly scan: ScanId; readonly account: string },
): TellPutOff {
  const begun = now().toISOString();
  return async () => {
    telemetry.count('ScanEntriesPutOff');
    try {
      const mark: z.input<typeof markSchema> = { begun, told: now().toISOString(), account };
      await claims.put(scanKeys.putOff(scan), JSON.stringify(mark));
    } catch (error) {
      telemetry.note('That entering an account was put off could not be told', { scan, account, error });
    }
  };
}

/** What was left last; null: nothing. Rejects when nobody can tell. */
export async function lastPutOff(claims: Pick<Claims, 'get'>, scan: ScanId): Promise<PutOff | null> {
  try {
    const mark = await claims.get(scanKeys.putOff(scan));
    return { mark, begunAt: Date.parse(markSchema.parse(JSON.parse(mark)).begun) };
  } catch (error) {
    if (error instanceof LostClaimError) return null;
    throw error;
  }
}
