import type { Claims } from '../claims.ts';
import type { Telemetry } from '../telemetry.ts';
import { lastPutOff } from './put-off.ts';
import type { ScanId } from './scan.ts';
import { failedScanPace, nextScanPace, type ScanPace } from './scan-pace.ts';

/** The map of OrgScan whose pace is set: as its file labels it. */
export const PACED_MAP = 'CollectAccounts';

/** A map run of an execution. */
export interface MapRun {
  readonly arn: string;
  readonly startedAt: Date;
  readonly active: boolean;
  /** Items that may be at work at once; 0: no limit. */
  readonly concurrency: number;
  readonly running: number;
  /** Items that ended, however they did. */
  readonly ended: number;
}

/** Map runs as Step Functions has them. Everything rejects when it does not answer. */
export interface MapRuns {
  /** The one of an execution's map by its label, the latest if there are more; null: it was not begun. */
  readonly find: (execution: string, label: string) => Promise<MapRun | null>;
  readonly setConcurrency: (arn: string, concurrency: number) => Promise<void>;
}

export interface PaceScanPorts {
  readonly mapRuns: MapRuns;
  readonly claims: Pick<Claims, 'get'>;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

export interface PaceScanInput {
  /** ARN of the execution. */
  readonly execution: string;
  readonly scan: ScanId;
  readonly pace: ScanPace;
}

/** The map run is not there (yet). */
class NoMapRunError extends Error {
  override readonly name = 'NoMapRunError';
}

/**
 * A turn of the loop beside the map that reads accounts: sees how far it is and whether entering accounts was put off, and sets
 * how many are read at once. Whatever fails leaves the pace as it is, and several failures in a row end the loop: it never
 * rejects, since no scan should fail for its pace.
 */
export function paceScan({ mapRuns, claims, telemetry, now }: PaceScanPorts) {
  return async ({ execution, scan, pace }: PaceScanInput): Promise<ScanPace> => {
    try {
      const run = await mapRuns.find(execution, PACED_MAP);
      if (run === null) throw new NoMapRunError(`${execution} has no map run ${PACED_MAP}.`);
      const putOff = await lastPutOff(claims, scan);
      const next = nextScanPace(pace, { ...run, putOff, at: now().getTime() });
      if (!next.done && next.limit !== run.concurrency) await mapRuns.setConcurrency(run.arn, next.limit);
      return next;
    } catch (error) {
      telemetry.note('How many accounts are read at once could not be set: it stays', { scan, error });
      return failedScanPace(pace);
    }
  };
}
