import type { Coverage, Finding } from '../findings/finding.ts';
import { neutral } from './neutral.ts';
import type { ReportInput } from './report.ts';

type Row = { readonly [column in (typeof COLUMNS)[number]]?: string | undefined };

const COLUMNS = [
  'severity',
  'status',
  'rule',
  'number',
  'kind',
  'account',
  'region',
  'cluster',
  'namespace',
  'serviceAccount',
  'role',
  'principal',
  'title',
  'detail',
  'consequences',
  'remedy',
  'fingerprint',
  'acceptedBy',
  'acceptedUntil',
  'acceptedTicket',
  'acceptedReason',
] as const;

/** Findings as CSV (RFC 4180): a heading, one record each, and a record with the status `undecided` for each gap. */
export function csvReport({ audit }: ReportInput): string {
  const rows = [...audit.findings.map(findingRow), ...audit.coverage.map(undecidedRow)];
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column] ?? ''))];
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

function findingRow(finding: Finding): Row {
  const { evidence: _, consequences, waiver, ...texts } = finding;
  return {
    ...texts,
    consequences: consequences.join(' '),
    acceptedBy: waiver?.owner,
    acceptedUntil: waiver?.expires,
    acceptedTicket: waiver?.ticket,
    acceptedReason: waiver?.reason,
  };
}

function undecidedRow({ rule, subject, read, reason }: Coverage): Row {
  return {
    status: 'undecided',
    ...(rule === undefined ? {} : { rule }),
    title: `Not decided: ${subject}`,
    detail: `${read}: ${reason}`,
  };
}

/**
 * A cell that no spreadsheet takes for a formula: what begins with a sign that starts one gets an apostrophe before it
 * (OWASP, "CSV Injection"), behind blanks and quotes too, which some programs drop, and behind a semicolon: where that
 * separates lists, a spreadsheet begins another cell there, whatever the quotes around it.
 */
function cell(text: string): string {
  const line = neutral(text);
  const safe = line.replace(/(^|;)(?=[\s"']*[=+\-@＝＋－＠|%])/gu, "$1'");
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
