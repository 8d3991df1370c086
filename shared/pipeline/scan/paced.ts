import * as z from 'zod';
import { stepFailureSchema } from '../step-failure.ts';
import { scanPaceSchema } from './scan-pace.ts';
import type { ScanSummary } from './summary.ts';

/** How the loop that sets the pace of a scan left it; `failure`: its step failed for good. */
export const pacedSchema = z.strictObject({ pace: scanPaceSchema, failure: stepFailureSchema.optional() });

export type Paced = Readonly<z.infer<typeof pacedSchema>>;

/** What the summary tells of it. */
export function paceInSummary({ pace, failure }: Paced): NonNullable<ScanSummary['pace']> {
  const { most, limit, cuts, lost } = pace;
  return { most, last: limit, cuts, lost: lost || failure !== undefined };
}
