import * as z from 'zod';
import { SEVERITIES } from '../../findings/finding.ts';
import type { Posture } from '../../reports/html/data.ts';
import { scanIdSchema, startOf } from './scan.ts';
import type { ScanSummary } from './summary.ts';

const count = z.number().int().nonnegative();

const pointSchema = z.strictObject({
  scan: scanIdSchema,
  open: z.record(z.enum(SEVERITIES), count),
  waived: count,
  /** Since the scan before; null: none was remembered. */
  since: z.strictObject({ new: count, resolved: count }).nullable(),
  /** Accounts that were listed, and those that were not read or not judged: their findings were as old as they were. */
  listed: count,
  stale: count,
  /** Reads of Organizations that failed. */
  organizationGaps: count.default(0),
});

type Point = Readonly<z.infer<typeof pointSchema>>;

/** What the last scan leaves for the next: its name, and what was open at the end of each before. */
export const latestSchema = z.strictObject({
  scan: scanIdSchema,
  previous: scanIdSchema.nullable(),
  points: z.array(pointSchema).readonly().default([]),
});

/** Scans that are remembered: more than a year of daily ones. */
const MOST_POINTS = 400;

/** The points with that of one more scan, which counts once however often it is told. */
export function withPoint(points: readonly Point[], point: Point): readonly Point[] {
  return [...points.filter(({ scan }) => scan !== point.scan), point]
    .sort((a, b) => (a.scan < b.scan ? -1 : 1))
    .slice(-MOST_POINTS);
}

/** What a scan ended with. */
export function pointOf({
  id,
  findings,
  waived,
  sinceLastScan,
  accounts: { listed, unread, notJudged },
  organizationGaps,
}: Pick<ScanSummary, 'id' | 'findings' | 'waived' | 'sinceLastScan' | 'accounts'> &
  Pick<Point, 'organizationGaps'>): Point {
  return {
    scan: id,
    open: findings,
    waived,
    since: sinceLastScan === null ? null : { new: sinceLastScan.new, resolved: sinceLastScan.resolved },
    listed,
    stale: unread + notJudged,
    organizationGaps,
  };
}

/** The points as a page shows them. */
export function postureOf(points: readonly Point[]): Posture {
  return {
    source: 'scans',
    points: points.map((point) => {
      const { scan, open, waived, since } = point;
      const doubts = doubtsOf(point);
      return {
        at: startOf(scan),
        open,
        waived,
        ...(since !== null && { opened: since.new, resolved: since.resolved }),
        ...(doubts.length > 0 && { doubt: doubts.join('; ') }),
      };
    }),
  };
}

function doubtsOf({ listed, stale, organizationGaps }: Point): readonly string[] {
  return [
    ...(stale > 0 ? [`${stale} of ${listed} accounts were not read or not judged`] : []),
    ...(organizationGaps > 0 ? ['not everything of the organization was read'] : []),
  ];
}
