import type { Audit } from '../findings/finding.ts';

/** What a report is made of: one audit, and what it is of. The same input gives the same text. */
export interface ReportInput {
  readonly audit: Audit;
  /** When the estate was read, ISO 8601. */
  readonly takenAt: string;
  /** Version of podtrust. */
  readonly version: string;
  /** Partition of each account, by id. */
  readonly partitions: ReadonlyMap<string, string>;
  /** Where Security Hub findings go to; only ASFF needs it. */
  readonly hub?: {
    readonly region: string;
    /** Absent: each finding goes to the account that it is about. */
    readonly account?: string;
  };
}
