import type { Severity } from '../findings/finding.ts';
import { neutral, neutralJson } from '../reports/neutral.ts';
import { sarifLog } from '../reports/sarif-log.ts';
import { acceptance } from '../waivers/acceptance.ts';
import type { LintReport } from './report.ts';

/** A lint report as JSON (docs/schemas/lint.schema.json). */
export function lintJson(report: LintReport): string {
  return neutralJson(report);
}

/** A lint report as SARIF 2.1.0; files that cannot be read are notifications of the kind error. */
export function lintSarif(report: LintReport, version: string): string {
  return sarifLog({
    version,
    results: report.findings.map(({ file, line, column, waiver, ...result }) => ({
      ...result,
      ...(waiver !== undefined && { suppressed: acceptance(waiver) }),
      place: { kind: 'file', file, line, column },
    })),
    notes: [
      ...report.unreadable.map(({ file, line, error }) => ({ file, line, text: error, failed: true })),
      ...report.undecided.map(({ file, line, rule, reason }) => ({
        file,
        line,
        text: reason,
        ...(rule === undefined ? {} : { rule }),
      })),
    ],
  });
}

const COMMANDS: Readonly<Record<Severity, 'error' | 'warning' | 'notice'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/** A lint report as GitHub's workflow commands, which become annotations of a pull request; what is accepted is a notice. */
export function lintGithub({ findings, unreadable }: LintReport): string {
  const lines = [
    ...findings.map(({ file, line, column, rule, severity, message, remedy, waiver }) =>
      command(
        waiver === undefined ? COMMANDS[severity] : 'notice',
        { file, line, column, title: `${rule} (${waiver === undefined ? severity : 'accepted'})` },
        `${message} ${waiver === undefined ? `Fix: ${remedy}` : acceptance(waiver)}`,
      ),
    ),
    ...unreadable.map(({ file, line, column, error }) =>
      command('error', { file, line, column, title: 'podtrust cannot read this file' }, error),
    ),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

interface Properties {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly title: string;
}

/** GitHub Actions, "Workflow commands": in properties colons and commas are escaped as well. */
function command(name: string, { file, line, column, title }: Properties, message: string): string {
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${name} file=${property(file)},line=${line},col=${column},title=${property(title)}::${data(message)}`;
}

function data(text: string): string {
  return neutral(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
