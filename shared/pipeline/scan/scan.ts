import * as z from 'zod';
import { isRegion } from '../../triggers/names.ts';

/** Name of a scan: when it began and the name of its execution, so that names sort by time and a repeat has the same. */
export const scanIdSchema = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[\w-]{1,60}$/);

export type ScanId = z.infer<typeof scanIdSchema>;

export const accountId = z.string().regex(/^\d{12}$/);
export const regionName = z.string().refine(isRegion);

/** The name of the scan of an execution. */
export function scanIdOf(startedAt: Date, execution: string): ScanId {
  const time = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return `${time}-${execution.replace(/[^\w-]/g, '-').slice(0, 60)}`;
}

/** When a scan began, UTC. */
export function startOf(scan: ScanId): string {
  const [, date = '', time = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d-\d\d-\d\d)Z/.exec(scan) ?? [];
  return `${date}T${time.replaceAll('-', ':')}.000Z`;
}

/** Where the parts of a scan are kept. */
export const scanKeys = {
  /** Everything that was listed: accounts, those left out, the organization. */
  listed: (scan: ScanId) => `scans/${scan}/listed.json`,
  /** The items of the map that collects. */
  accounts: (scan: ScanId) => `scans/${scan}/accounts.json`,
  /** That entering an account was put off: the last time. */
  putOff: (scan: ScanId) => `scans/${scan}/put-off.json`,
  /** What collection left of an account. */
  collected: (scan: ScanId, account: string) => `scans/${scan}/collected/${account}.json`,
  /** What is known of the organization once it is joined. */
  joined: (scan: ScanId) => `scans/${scan}/joined.json`,
  /** Which account has which cluster and gives which role to pods: what judging looks up. */
  index: (scan: ScanId) => `scans/${scan}/index.json`,
  /** The items of the map that judges. */
  toJudge: (scan: ScanId) => `scans/${scan}/to-judge.json`,
  /** What became of an account's judgement. */
  judged: (scan: ScanId, account: string) => `scans/${scan}/judged/${account}.json`,
  /** What an account's judgement asked of others that were not beside it. */
  asked: (scan: ScanId, account: string) => `scans/${scan}/asked/${account}.json`,
  /** What the report shows of an account beside its findings. */
  details: (scan: ScanId, account: string) => `scans/${scan}/details/${account}.json`,
  /** Fingerprints of what was open at the end: what the next scan is compared with. */
  open: (scan: ScanId) => `scans/${scan}/open.json`,
  report: (scan: ScanId, extension: string) => `scans/${scan}/report.${extension}`,
  summary: (scan: ScanId) => `scans/${scan}/summary.json`,
  /** Which scan came last, and which before it. */
  latest: 'scans/latest.json',
} as const;
