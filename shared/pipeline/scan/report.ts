import * as z from 'zod';
import { countsOf } from '../../audit/audit.ts';
import { gapLine } from '../../audit/coverage.ts';
import { compareFindings } from '../../audit/order.ts';
import { type Audit, type Coverage, FINDINGS_VERSION, type Finding } from '../../findings/finding.ts';
import type { FindingStore } from '../../findings/store.ts';
import { REPORT_FORMATS } from '../../reports/formats.ts';
import type { Posture } from '../../reports/html/data.ts';
import { htmlReport } from '../../reports/html/html-report.ts';
import type { PageAssets } from '../../reports/html/page-assets.ts';
import type { HtmlReportInput } from '../../reports/html/report-data.ts';
import type { Claims } from '../claims.ts';
import { LostClaimError } from '../errors.ts';
import { WHOLE_ACCOUNT } from '../join-snapshots.ts';
import type { Topic } from '../notify.ts';
import { failureReason, type StepFailure } from '../step-failure.ts';
import type { Telemetry } from '../telemetry.ts';
import { readKept } from './collection.ts';
import { gatherDetails } from './gather-details.ts';
import { listedSchema } from './list-accounts.ts';
import { type Outcomes, outcomesOf } from './outcomes.ts';
import { type Paced, paceInSummary } from './paced.ts';
import { latestSchema, pointOf, postureOf, withPoint } from './posture.ts';
import { type ScanId, scanKeys, startOf } from './scan.ts';
import { MOST_LISTED, type ScanSummary, scanMessage, withText } from './summary.ts';
import { clustersToTell } from './undecided.ts';

/** Keeps a file of a report: a text with its media type. */
export type ReportFiles = (key: string, text: string, type: string) => Promise<void>;

export interface ReportPorts {
  readonly claims: Claims;
  readonly files: ReportFiles;
  readonly store: Pick<FindingStore, 'listOpen'>;
  /** The page of the HTML report. */
  readonly page: () => Promise<PageAssets>;
  readonly topic: Topic;
  readonly telemetry: Telemetry;
  readonly version: string;
  readonly now: () => Date;
}

/** The forms in which a report is kept. */
const FORMS = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
} as const;

const EXTENSIONS: Readonly<Record<keyof typeof FORMS, string>> = { json: 'json', csv: 'csv', markdown: 'md' };

/** The most findings of a report, the most severe first; the summary counts them all. */
const MOST_FINDINGS = 10_000;

/** What the state machine knows of how a scan went. */
interface ScanCourse {
  /** Why it gave up. */
  readonly failure?: StepFailure | undefined;
  /** How many accounts were read at once; undefined: it gave up, or nobody can tell. */
  readonly paced?: Paced | undefined;
}

/**
 * Ends a scan: writes its report and its summary, and publishes the summary once. Runs twice without harm; what is published
 * twice has the same id.
 */
export function report(ports: ReportPorts) {
  return async (
    scan: ScanId,
    { failure, paced }: ScanCourse,
  ): Promise<Pick<ScanSummary, 'id' | 'outcome'>> => {
    const { claims, topic, telemetry } = ports;
    const listed = await readKept(claims, scanKeys.listed(scan), listedSchema);
    const open = await openFindings(ports);
    const outcomes = await outcomesOf(claims, scan, listed.accounts, clustersToTell(open.findings));
    const workedOut = await gatherDetails({
      claims,
      accounts: outcomes.detailed,
      listed: listed.accounts.length,
      findings: open.findings,
    });
    const counted = {
      id: scan,
      accounts: {
        ...outcomes.accounts,
        listed: listed.accounts.length,
        leftOut: listed.leftOut.length + listed.clusterless.length,
      },
      findings: open.counts,
      waived: open.waived,
    };
    const unlisted = listed.coverage.map(gapLine);
    const ended = { ...counted, organizationGaps: unlisted.length };
    const { sinceLastScan, posture } = await compared(ended, open.fingerprints, claims);
    const files = await writeReport(scan, auditOf(open, outcomes, unlisted), { workedOut, posture }, ports);
    const summary = withText({
      ...counted,
      schemaVersion: 1,
      type: 'scan',
      outcome: outcomeOf(outcomes, unlisted, failure),
      ...(failure !== undefined && { reason: failureReason(failure).slice(0, 300) }),
      startedAt: startOf(scan),
      endedAt: ports.now().toISOString(),
      ...(paced !== undefined && { pace: paceInSummary(paced) }),
      sinceLastScan,
      missedByEvents: { count: outcomes.missed.count, steps: outcomes.missed.steps.slice(0, MOST_LISTED) },
      foundOtherwise: outcomes.foundOtherwise,
      unread: outcomes.unread
        .slice(0, MOST_LISTED)
        .map(({ account, reason }) => ({ account, reason: reason.slice(0, 300) })),
      ...(unlisted.length > 0 && {
        organization: {
          count: unlisted.length,
          unread: unlisted
            .slice(0, MOST_LISTED)
            .map(({ subject, read, reason }) => ({ subject, read, reason: reason.slice(0, 300) })),
        },
      }),
      ...(listed.clusterless.length > 0 && {
        clusterless: {
          count: listed.clusterless.length,
          accounts: listed.clusterless.slice(0, MOST_LISTED),
        },
      }),
      report: files,
    });
    await claims.put(scanKeys.summary(scan), JSON.stringify(summary));
    await topic.publish(scanMessage(summary));
    telemetry.count('MissedByEvents', summary.missedByEvents.count);
    if (summary.pace?.lost === true) telemetry.count('ScanPaceLost');
    telemetry.count('ScansEnded');
    return { id: scan, outcome: summary.outcome };
  };
}

function outcomeOf(
  { accounts }: Outcomes,
  unlisted: readonly Coverage[],
  failure: StepFailure | undefined,
): ScanSummary['outcome'] {
  if (failure !== undefined) return 'failed';
  return accounts.unread + accounts.notJudged + unlisted.length > 0 ? 'partial' : 'complete';
}

interface Open {
  /** The most severe, in order. */
  readonly findings: readonly Finding[];
  readonly counts: ScanSummary['findings'];
  readonly waived: number;
  readonly fingerprints: readonly string[];
}

/** What is open or waived in all accounts, those that were not read too. */
async function openFindings({ store }: ReportPorts): Promise<Open> {
  let findings: Finding[] = [];
  const all: Pick<Finding, 'severity' | 'status'>[] = [];
  const fingerprints: string[] = [];
  for await (const { finding } of store.listOpen()) {
    fingerprints.push(finding.fingerprint);
    all.push({ severity: finding.severity, status: finding.status });
    findings.push(finding);
    if (findings.length >= 2 * MOST_FINDINGS)
      findings = findings.sort(compareFindings).slice(0, MOST_FINDINGS);
  }
  const { findings: counts, waived } = countsOf(all);
  return { findings: findings.sort(compareFindings).slice(0, MOST_FINDINGS), counts, waived, fingerprints };
}

/** `unlisted`: what Organizations did not tell. */
function auditOf(
  { findings, counts, waived, fingerprints }: Open,
  outcomes: Outcomes,
  unlisted: readonly Coverage[],
): Audit {
  const coverage = [
    ...unlisted,
    ...outcomes.unread.map(({ account, reason }) => ({ subject: account, read: WHOLE_ACCOUNT, reason })),
    ...outcomes.notJudged.map((account) => ({
      subject: account,
      read: 'podtrust:judge-account',
      reason: 'its judgement failed; its findings stay as they are',
    })),
    ...outcomes.gaps.map(({ account, gaps, key }) => ({
      subject: account,
      read: WHOLE_ACCOUNT,
      reason: `${gaps} ${gaps === 1 ? 'read' : 'reads'} failed or gave more than is kept; the snapshot ${key} names those that failed`,
    })),
    ...(fingerprints.length > findings.length
      ? [
          {
            subject: 'report',
            read: 'podtrust:report',
            reason: `${fingerprints.length - findings.length} less severe findings are left out of this report`,
          },
        ]
      : []),
  ];
  return {
    schemaVersion: FINDINGS_VERSION,
    findings: [...findings],
    coverage,
    summary: {
      accounts: outcomes.accounts.read,
      clusters: outcomes.clusters,
      roles: outcomes.roles,
      findings: counts,
      waived,
      coverage: coverage.length,
    },
    undecided: [...outcomes.undecided],
  };
}

async function writeReport(
  scan: ScanId,
  audit: Audit,
  shown: Pick<HtmlReportInput, 'workedOut' | 'posture'>,
  { files, version, page }: ReportPorts,
): Promise<Readonly<Record<string, string>>> {
  const input = { audit, takenAt: startOf(scan), version, partitions: new Map<string, string>() };
  const written: Record<string, string> = {};
  for (const form of ['json', 'csv', 'markdown'] as const) {
    const key = scanKeys.report(scan, EXTENSIONS[form]);
    await files(key, REPORT_FORMATS[form](input), FORMS[form]);
    written[form] = key;
  }
  const html = scanKeys.report(scan, 'html');
  await files(html, htmlReport({ ...input, ...shown }, await page()), 'text/html; charset=utf-8');
  written['html'] = html;
  return written;
}

type Compared = Pick<ScanSummary, 'sinceLastScan'> & { readonly posture: Posture };
type Counted = Omit<Parameters<typeof pointOf>[0], 'sinceLastScan'>;

/** Compares what is open with the end of the scan before, and leaves both for the next one. */
async function compared(
  counted: Counted,
  fingerprints: readonly string[],
  claims: Claims,
): Promise<Compared> {
  const scan = counted.id;
  const latest = await keptOrNull(claims, scanKeys.latest, latestSchema);
  const previous = latest?.scan === scan ? latest.previous : (latest?.scan ?? null);
  const before =
    previous === null ? null : await keptOrNull(claims, scanKeys.open(previous), z.array(z.string()));
  await claims.put(scanKeys.open(scan), JSON.stringify(fingerprints));
  const sinceLastScan =
    before === null || previous === null ? null : difference(previous, before, fingerprints);
  const points = withPoint(latest?.points ?? [], pointOf({ ...counted, sinceLastScan }));
  await claims.put(scanKeys.latest, JSON.stringify({ scan, previous, points }));
  return { sinceLastScan, posture: postureOf(points) };
}

function difference(scan: ScanId, before: readonly string[], after: readonly string[]) {
  const [then, now] = [new Set(before), new Set(after)];
  return { scan, new: now.difference(then).size, resolved: then.difference(now).size };
}

async function keptOrNull<Schema extends z.ZodType>(claims: Claims, key: string, schema: Schema) {
  try {
    return await readKept(claims, key, schema);
  } catch (error) {
    if (error instanceof LostClaimError) return null;
    throw error;
  }
}
