import { SEVERITIES } from '../../shared/findings/finding.ts';
import type { LintReport } from '../../shared/lint/report.ts';
import { acceptance } from '../../shared/waivers/acceptance.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { type Style, styleFor } from './style.ts';

/** A lint report for people: `file:line:column`, as terminals and editors link it, and what is undecided summed up. */
export function lintText(report: LintReport, io: Io): string {
  const style = styleFor(io);
  return [
    ...report.findings.map((one) => finding(one, style)),
    ...report.unreadable.map(
      ({ error, ...at }) => `${style.bold(place(at))} ${style.red('UNREADABLE')}\n  ${plain(error, 1000)}\n`,
    ),
    ...undecided(report, style),
    `${summary(report, style)}\n`,
  ].join('\n');
}

interface At {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function place({ file, line, column }: At): string {
  return `${plain(file, 500)}:${line}:${column}`;
}

function finding(one: LintReport['findings'][number], style: Style): string {
  return [
    `${style.bold(place(one))} ${style.severity(one.severity)} ${one.rule} ${style.dim(one.number)}`,
    `  ${plain(one.message, 1500)}`,
    style.dim(
      `  ${one.waiver === undefined ? `Fix: ${plain(one.remedy, 1000)}` : plain(acceptance(one.waiver), 1000)}`,
    ),
    '',
  ].join('\n');
}

/** What the files leave open one by one; rules that need more than a file by their names. */
function undecided({ undecided: all }: LintReport, style: Style): string[] {
  const open = all.filter(({ rule }) => rule === undefined);
  const rules = [...new Set(all.flatMap(({ rule }) => rule ?? []))].sort();
  const lines = [
    ...open.slice(0, 20).map((one) => style.dim(`${place(one)} ${plain(one.reason, 300)}`)),
    ...(open.length > 20 ? [style.dim(`and ${open.length - 20} more (--format json has all)`)] : []),
    ...(rules.length === 0
      ? []
      : [
          style.dim(
            `Undecided somewhere, since they need more than a file tells (--snapshot): ${rules.join(', ')}`,
          ),
        ]),
  ];
  return lines.length === 0 ? [] : [`${lines.join('\n')}\n`];
}

function summary(
  { summary: { files, skipped, findings, waived, fixed }, undecided: open }: LintReport,
  style: Style,
): string {
  const counts = SEVERITIES.flatMap((severity) => {
    const count = findings[severity] ?? 0;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const found = counts.length === 0 ? style.green('no findings') : style.bold(counts.join(', '));
  const folders = skipped.filter((name) => name.endsWith('/'));
  const unknown = skipped.length - folders.length;
  const passed = [
    ...(unknown === 0 ? [] : [`, ${unknown} that lint does not know skipped`]),
    ...(folders.length === 0 ? [] : [`, not searched: ${foldersOf(folders)}`]),
  ].join('');
  const accepted = waived === 0 ? '' : `, ${waived} accepted by waivers`;
  const mended = fixed === 0 ? '' : `, ${fixed} fixed`;
  const seen = files === 0 ? 'nothing was judged' : `${found} in ${files} ${files === 1 ? 'file' : 'files'}`;
  return `${seen}${passed}; ${open.length} undecided${accepted}${mended}.`;
}

function foldersOf(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return `${names
    .slice(0, 5)
    .map((name) => plain(name, 200))
    .join(', ')}${more}`;
}
