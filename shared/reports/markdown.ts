import { type Coverage, type Finding, SEVERITIES } from '../findings/finding.ts';
import { acceptance } from '../waivers/acceptance.ts';
import { neutral } from './neutral.ts';
import type { ReportInput } from './report.ts';

/** Findings as Markdown (CommonMark with GitHub's tables): the totals, each finding, and what was not decided. */
export function markdownReport({ audit, takenAt, version }: ReportInput): string {
  const { summary, findings, coverage } = audit;
  return [
    '# podtrust report',
    `Read ${escaped(takenAt)}: ${summary.accounts} accounts, ${summary.clusters} clusters, ${summary.roles} roles. podtrust ${escaped(version)}.`,
    totals(audit),
    ...SEVERITIES.flatMap((severity) => section(severity, findings)),
    ...(coverage.length === 0 ? [] : [`## Not decided\n\n${coverage.map(gap).join('\n')}`]),
  ]
    .join('\n\n')
    .concat('\n');
}

function totals({ summary }: ReportInput['audit']): string {
  const heads = [...SEVERITIES, 'not decided'];
  const counts = [...SEVERITIES.map((severity) => summary.findings[severity] ?? 0), summary.coverage];
  return `| ${heads.join(' | ')} |\n|${heads.map(() => '---').join('|')}|\n| ${counts.join(' | ')} |`;
}

function section(severity: Finding['severity'], findings: readonly Finding[]): string[] {
  const own = findings.filter((finding) => finding.severity === severity);
  if (own.length === 0) return [];
  return [`## ${severity[0]?.toUpperCase()}${severity.slice(1)} (${own.length})`, ...own.map(entry)];
}

function entry(finding: Finding): string {
  const { number, rule, title, detail, consequences, remedy, status, kind, fingerprint, waiver } = finding;
  const state = status === 'open' ? '' : ` (${status})`;
  return [
    `### ${escaped(title)}${state}`,
    '',
    `${number} \`${rule}\`, ${kind}, ${place(finding)}`,
    '',
    escaped(detail),
    ...(consequences.length === 0 ? [] : ['', ...consequences.map((one) => `- ${escaped(one)}`)]),
    ...(waiver === undefined ? [] : ['', `**Waived:** ${escaped(acceptance(waiver))}`]),
    '',
    `**Fix:** ${escaped(remedy)}`,
    '',
    `\`${fingerprint}\``,
  ].join('\n');
}

function place(finding: Finding): string {
  const names = ['account', 'region', 'cluster', 'namespace', 'serviceAccount', 'role', 'principal'] as const;
  return names
    .flatMap((name) => (finding[name] === undefined ? [] : [`${name} ${escaped(finding[name])}`]))
    .join(', ');
}

function gap({ rule, subject, read, reason }: Coverage): string {
  return `- ${rule === undefined ? '' : `${escaped(rule)}: `}${escaped(subject)}: ${escaped(read)}: ${escaped(reason)}`;
}

/** Text that Markdown shows as it is: no markup, no HTML, no link, no mention of anybody. */
function escaped(text: string): string {
  return neutral(text)
    .trim()
    .replace(/[\\`*_{}[\]()#!|~$]/g, '\\$&')
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/[&<>@]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replaceAll('://', '&#58;//')
    .replace(/\bwww\./gi, (word) => `${word.slice(0, -1)}&#46;`);
}
