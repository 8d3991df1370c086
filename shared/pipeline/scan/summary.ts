import * as z from 'zod';
import { SEVERITIES } from '../../findings/finding.ts';
import type { Message } from '../message.ts';
import { cut, plain } from '../messages/plain.ts';
import { accountId, scanIdSchema } from './scan.ts';

const count = z.number().int().nonnegative();
const reason = z.string().max(300);

/** The longest lists of a summary; the report has the rest. */
export const MOST_LISTED = 50;

/** A message about a scan: the body on the topic, and `scans/<id>/summary.json` in the bucket. */
export const scanSummarySchema = z.strictObject({
  schemaVersion: z.literal(1),
  type: z.literal('scan'),
  id: scanIdSchema.describe('Name of the scan; the same whenever the same is told again'),
  outcome: z
    .enum(['complete', 'partial', 'failed'])
    .describe(
      'complete: every listed account was read and judged; partial: some were not, or Organizations did not tell everything; failed: it gave up, and most may not be',
    ),
  reason: reason.optional().describe('Why it gave up'),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  accounts: z.strictObject({
    listed: count.describe('Accounts that were to be scanned'),
    read: count,
    unread: count.describe('Their findings stay as they are'),
    judged: count,
    unchanged: count.describe('Not judged again: nothing has changed since the last scan judged them'),
    leftToEvents: count.describe('An evaluation after events was under way: another one was asked for'),
    notJudged: count.describe('Read, and their judgement failed: their findings stay as they are'),
    leftOut: count.describe('Suspended, or outside the organizational units that are scanned'),
    withGaps: count.describe('Read, though not everything in them'),
  }),
  pace: z
    .strictObject({
      most: count.describe('As the configuration says'),
      last: count.describe('When the last account was begun, or the pace was lost'),
      cuts: count.describe('How often half as many were allowed, since AWS put off entering accounts'),
      lost: z.boolean().describe('It could not be set any more, and stayed what it was'),
    })
    .optional()
    .describe('How many accounts were read at once; absent: it gave up, or nobody can tell'),
  findings: z.record(z.enum(SEVERITIES), count).describe('Open ones, by severity'),
  waived: count,
  sinceLastScan: z
    .strictObject({ scan: scanIdSchema, new: count, resolved: count })
    .nullable()
    .describe('By scans and by events together; null: no scan before is remembered'),
  missedByEvents: z
    .strictObject({
      count,
      steps: z
        .array(
          z.strictObject({
            change: z.enum(['new', 'changed', 'resolved']),
            account: accountId,
            rule: z.string(),
            severity: z.enum(SEVERITIES),
            fingerprint: z.string(),
          }),
        )
        .max(MOST_LISTED),
    })
    .describe(
      'What this scan told of accounts that a scan had judged before by the same settings: no event led to it',
    ),
  foundOtherwise: z
    .strictObject({
      first: count.describe('In accounts that no scan had judged before'),
      settings: count.describe('After the configuration, the waivers or the version changed'),
    })
    .describe('What else this scan told'),
  unread: z.array(z.strictObject({ account: accountId, reason })).max(MOST_LISTED),
  organization: z
    .strictObject({
      count,
      unread: z.array(z.strictObject({ subject: z.string(), read: z.string(), reason })).max(MOST_LISTED),
    })
    .optional()
    .describe(
      'Reads of Organizations that failed, of its tree or its control policies for instance: checks that rest on them are undecided in every account. Absent: none',
    ),
  clusterless: z
    .strictObject({ count, accounts: z.array(accountId).max(MOST_LISTED) })
    .optional()
    .describe(
      'Of those left out, the ones of which the configuration says that they have no clusters (`organization.clusterless`): they keep no issuer from being foreign. Absent: none',
    ),
  report: z.record(z.string(), z.string()).describe('Keys in the bucket, by form'),
  text: z.string().describe('The same for people, plain text'),
});

export type ScanSummary = Readonly<z.infer<typeof scanSummarySchema>>;

/** The summary with its text; names come from strangers, and reasons from AWS. */
export function withText(summary: Omit<ScanSummary, 'text'>): ScanSummary {
  const safe = {
    ...summary,
    ...(summary.reason !== undefined && { reason: short(summary.reason) }),
    unread: summary.unread.map(({ account, reason: why }) => ({ account, reason: short(why) })),
    ...(summary.organization !== undefined && { organization: plainGaps(summary.organization) }),
  };
  return scanSummarySchema.parse({ ...safe, text: textOf(safe) });
}

const plainGaps = ({ count: all, unread }: NonNullable<ScanSummary['organization']>) => ({
  count: all,
  unread: unread.map(({ subject, read, reason: why }) => ({
    subject: short(subject),
    read,
    reason: short(why),
  })),
});

const short = (text: string): string => cut(plain(text), 290);

/** The message of a scan. */
export function scanMessage(summary: ScanSummary): Message {
  const { id, outcome, missedByEvents } = summary;
  return {
    subject: `podtrust scan ${outcome}: ${headline(summary)}`.slice(0, 100),
    json: JSON.stringify(summary),
    text: summary.text,
    attributes: { id, type: 'scan', outcome, missed: missedByEvents.count > 0 ? 'some' : 'none' },
    group: 'scan',
    deduplication: id,
  };
}

function headline({ accounts, findings }: Pick<ScanSummary, 'accounts' | 'findings'>): string {
  const bad = SEVERITIES.slice(0, 2).map((severity) => `${findings[severity] ?? 0} ${severity}`);
  return `${accounts.read} of ${accounts.listed} accounts read, ${bad.join(', ')}`;
}

function textOf(summary: Omit<ScanSummary, 'text'>): string {
  const {
    id,
    outcome,
    reason: why,
    accounts,
    pace,
    findings,
    sinceLastScan,
    missedByEvents,
    unread,
    organization,
    clusterless,
    report,
  } = summary;
  const { judged, unchanged, leftToEvents, notJudged, leftOut, withGaps } = accounts;
  return [
    `Scan ${id}: ${outcome}${why === undefined ? '' : ` (${why})`}.`,
    `${headline(summary)}. Open: ${SEVERITIES.map((severity) => `${findings[severity] ?? 0} ${severity}`).join(', ')}; ${summary.waived} waived.`,
    `Judged: ${judged}. Unchanged since the last scan: ${unchanged}. Left to events: ${leftToEvents}. Not judged: ${notJudged}. Left out: ${leftOut}. Read with gaps: ${withGaps}.`,
    ...paceTexts(pace),
    sinceLastScan === null
      ? 'No earlier scan is remembered.'
      : `Since ${sinceLastScan.scan}: ${sinceLastScan.new} new, ${sinceLastScan.resolved} resolved.`,
    missedByEvents.count === 0
      ? 'Events missed nothing.'
      : `No event led to ${missedByEvents.count} of these steps: delivery is lossy, or the change is one that no event tells.`,
    ...missedByEvents.steps
      .slice(0, 10)
      .map(({ change, account, rule, severity }) => `  ${change}: [${severity}] ${rule} (${account})`),
    ...unread.slice(0, 10).map(({ account, reason: cause }) => `Not read: ${account}: ${cause}`),
    ...(organization?.unread ?? [])
      .slice(0, 10)
      .map(
        ({ subject, read, reason: cause }) => `Not read of the organization: ${read} (${subject}): ${cause}`,
      ),
    ...(clusterless === undefined ? [] : [clusterlessText(clusterless)]),
    ...Object.entries(report).map(([form, key]) => `Report (${form}): ${key}`),
  ].join('\n');
}

function clusterlessText({ count: all, accounts }: NonNullable<ScanSummary['clusterless']>): string {
  const named = accounts.slice(0, 10);
  const more = all > named.length ? ` and ${all - named.length} more` : '';
  return `Without clusters, as the configuration says, and not read: ${named.join(', ')}${more}.`;
}

/** Nothing where it went as it should. */
function paceTexts(pace: ScanSummary['pace']): readonly string[] {
  if (pace === undefined) return [];
  const { most, last, cuts, lost } = pace;
  return [
    ...(cuts > 0
      ? [
          `AWS put off entering accounts: how many are read at once was halved ${cuts === 1 ? 'once' : `${cuts} times`}, ${last} at last.`,
        ]
      : []),
    ...(lost
      ? [`How many accounts are read at once could not be set: it stayed at ${last} of ${most}.`]
      : []),
  ];
}
