import { createTwoFilesPatch } from 'diff';
import type { Explanation } from '../../shared/audit/explanation.ts';
import type { Io } from '../io.ts';
import { plain, plainLines } from './plain.ts';
import { type Style, styleFor } from './style.ts';

type Status = Explanation['steps'][number]['status'];

/** An explanation for people: the verdict, the chain step by step, the reason, the repair as a diff, the exposures. */
export function explainText(explanation: Explanation, io: Io): string {
  const style = styleFor(io);
  const { verdict, sides, mechanism, reason, repair, exposures } = explanation;
  return [
    `${verdictWord(verdict, style)}  ${style.dim(`(${mechanism}; AWS side ${sides.aws}, Kubernetes side ${sides.kubernetes})`)}`,
    '',
    ...explanation.steps.map(
      (step) => `  ${mark(step.status, style)} ${style.bold(step.check)}: ${plain(step.detail, 1500)}`,
    ),
    ...(reason === null
      ? []
      : [
          '',
          `${style.bold('Reason')}: ${plain(reason.detail, 1500)}${reason.rule === null ? '' : style.dim(` [${reason.rule}]`)}`,
        ]),
    ...(repair === null
      ? []
      : ['', `${style.bold('Repair')}: ${plain(repair.text, 1500)}`, ...patch(repair, style)]),
    ...(exposures.length === 0 ? [] : ['', style.bold('Open to more than intended:')]),
    ...exposures.map((one) => `  ${style.severity(one.severity)} ${one.rule}: ${plain(one.detail, 700)}`),
    ...(explanation.secure === true ? ['', style.green('No rule finds it open to anyone else.')] : []),
    '',
  ].join('\n');
}

function verdictWord(verdict: Explanation['verdict'], style: Style): string {
  const paints = { works: style.green, broken: style.red, unknown: style.yellow };
  return style.bold(paints[verdict](verdict.toUpperCase()));
}

function mark(status: Status, style: Style): string {
  switch (status) {
    case 'pass':
      return style.green('✓');
    case 'fail':
      return style.red('✗');
    case 'unknown':
      return style.yellow('?');
    case 'not-evaluated':
      return style.dim('–');
  }
}

function patch(repair: NonNullable<Explanation['repair']>, style: Style): string[] {
  if (repair.before === undefined || repair.after === undefined) return [];
  const text = createTwoFilesPatch(
    'trust policy now',
    'trust policy repaired',
    ended(repair.before),
    ended(repair.after),
  );
  const lines = plainLines(text).split('\n').slice(1);
  return ['', ...lines.map((line) => `  ${coloured(line, style)}`)];
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function coloured(line: string, style: Style): string {
  if (line.startsWith('+')) return style.green(line);
  if (line.startsWith('-')) return style.red(line);
  return line;
}
