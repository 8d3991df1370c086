import { describeActor } from '../../shared/findings/cause.ts';
import { type Audit, type AuditFinding, type Coverage, SEVERITIES } from '../../shared/findings/finding.ts';
import { acceptance } from '../../shared/waivers/acceptance.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { type Style, styleFor } from './style.ts';
import { table } from './table.ts';

/** An audit for people: a table of findings, what could not be decided, and one line that sums up. */
export function auditText(audit: Audit, io: Io): string {
  const style = styleFor(io);
  return [
    ...(audit.findings.length > 0 ? [findingsTable(audit.findings, io, style)] : []),
    ...(audit.coverage.length > 0 ? [coverageTable(audit.coverage, io, style)] : []),
    `${summaryLine(audit, style)}\n`,
  ].join('\n');
}

function findingsTable(findings: readonly AuditFinding[], io: Io, style: Style): string {
  const columns = [
    { head: 'SEVERITY', width: 'fit' },
    { head: 'WHERE', width: 30 },
    { head: 'FINDING', width: 70 },
  ] as const;
  return table(
    io,
    columns,
    rowsOf(findings).map(([first, ...more]) => [
      style.severity(first.severity),
      places([first, ...more]),
      finding(first, style),
    ]),
  );
}

type Row = readonly [AuditFinding, ...AuditFinding[]];

/** One row for each finding; what podtrust could not see is one row for each rule. */
function rowsOf(findings: readonly AuditFinding[]): Row[] {
  const rows: Row[] = [];
  for (const one of findings) {
    const index = rows.findIndex(([first]) => one.kind === 'blind' && first.rule === one.rule);
    const row = rows[index];
    if (row === undefined) rows.push([one]);
    else rows[index] = [...row, one];
  }
  return rows;
}

function places([first, ...more]: Row): string {
  const listed = [first, ...more.slice(0, 7)].map(place);
  return [...listed, ...(more.length > 7 ? [`and ${more.length - 7} more`] : [])].join('\n');
}

function finding(f: AuditFinding, style: Style): string {
  const lines = [
    `${style.bold(f.rule)} ${style.dim(`${f.number} ${f.kind}${f.status === 'open' ? '' : ` ${f.status}`}`)}`,
    plain(f.detail, 700),
    ...shortened(f.consequences).map((one) => `- ${plain(one, 300)}`),
    style.dim(`Fix: ${plain(f.remedy, 500)}`),
    ...(f.waiver === undefined ? [] : [style.dim(plain(acceptance(f.waiver), 1000))]),
    ...(f.cause === undefined ? [] : [style.dim(causeLine(f.cause))]),
  ];
  return lines.join('\n');
}

/** `last change: UpdateAssumeRolePolicy by … at …`, or why none is told. */
function causeLine(cause: NonNullable<AuditFinding['cause']>): string {
  switch (cause.outcome) {
    case 'found': {
      const { eventName, actor, time } = cause.change;
      const later = cause.gap === undefined ? '' : `; a later one may be missing: ${plain(cause.gap, 200)}`;
      return `last change: ${plain(eventName, 100)} by ${plain(describeActor(actor), 400)} at ${time}${later}`;
    }
    case 'none':
      return 'last change: none recorded within 90 days';
    case 'not-looked-up':
      return `last change: not known, ${plain(cause.reason, 200)}`;
  }
}

function shortened(lines: readonly string[], most = 4): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `and ${lines.length - most} more (--output json has all)`];
}

/** The narrowest names of a place, one a line. */
function place(
  f: Pick<
    AuditFinding,
    'account' | 'region' | 'cluster' | 'namespace' | 'serviceAccount' | 'role' | 'principal'
  >,
): string {
  const account = [f.account, f.region].filter((part) => part !== undefined).join(' ');
  const subject = [f.namespace, f.serviceAccount].filter((part) => part !== undefined).join('/');
  return [
    account,
    ...(f.cluster === undefined ? [] : [`cluster ${plain(f.cluster, 120)}`]),
    ...(subject === '' ? [] : [`ServiceAccount ${plain(subject, 330)}`]),
    ...(f.role === undefined ? [] : [`role ${plain(f.role.replace(/^.*?:role\//, ''), 150)}`]),
    ...(f.principal === undefined ? [] : [plain(f.principal, 200)]),
  ].join('\n');
}

function coverageTable(coverage: readonly Coverage[], io: Io, style: Style): string {
  const most = 15;
  const rows = coverage
    .slice(0, most)
    .map((c) => [
      plain(c.rule ?? 'read failed', 60),
      plain(c.subject, 200),
      `${plain(c.read, 80)}: ${plain(c.reason, 250)}`,
    ]);
  const more = coverage.length > most ? `… and ${coverage.length - most} more (--output json has all)\n` : '';
  const columns = [
    { head: 'UNDECIDED', width: 25 },
    { head: 'WHERE', width: 30 },
    { head: 'BECAUSE', width: 45 },
  ] as const;
  return style.dim(table(io, columns, rows)) + more;
}

function summaryLine(audit: Audit, style: Style): string {
  const { summary } = audit;
  const counts = SEVERITIES.filter((severity) => (summary.findings[severity] ?? 0) > 0).map(
    (severity) => `${summary.findings[severity]} ${severity}`,
  );
  const found = counts.length === 0 ? style.green('no findings') : style.bold(counts.join(', '));
  const read = [
    count(summary.accounts, 'account'),
    count(summary.clusters, 'cluster'),
    count(summary.roles, 'role'),
  ].join(', ');
  const waived = summary.waived === 0 ? '' : ` ${summary.waived} accepted by waivers;`;
  return `${found} in ${read};${waived} ${summary.coverage} not decided.`;
}

/** "1 cluster", "2 clusters". */
function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
