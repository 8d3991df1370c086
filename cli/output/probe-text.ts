import type { ProbeReport } from '../../shared/probe/report.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { type Style, styleFor } from './style.ts';

type Status = ProbeReport['checks'][number]['status'];

/** A probe for people: the verdict, the token without its signature, each check, what was foretold, and what to do. */
export function probeText(report: ProbeReport, io: Io): string {
  const style = styleFor(io);
  const { question, token, foretold } = report;
  return [
    `${verdictWord(report.verdict, style)}  ${style.dim(plain(subjectWords(question), 500))}`,
    '',
    ...(token === null ? [] : [...tokenLines(token, style), '']),
    ...report.checks.map(
      ({ check, status, detail }) => `  ${mark(status, style)} ${style.bold(check)}: ${plain(detail, 1500)}`,
    ),
    ...(foretold === null
      ? []
      : ['', `${style.bold('Foretold')}: ${foretold.outcome}. ${plain(foretold.detail, 1500)}`]),
    ...listed('Differences', report.differences, style),
    ...listed('To do', report.advice, style),
    '',
  ].join('\n');
}

/** A test pod that could not be deleted, for stderr; empty where there is none. */
export function leftoverText({ pod }: ProbeReport): string {
  if (pod?.deleteByHand == null) return '';
  return `podtrust: test pod ${plain(pod.name ?? '')} could not be deleted. Delete it: ${plain(pod.deleteByHand)}\n`;
}

function verdictWord(verdict: ProbeReport['verdict'], style: Style): string {
  const paints = { works: style.green, broken: style.red, undecided: style.yellow };
  return style.bold(paints[verdict](verdict.toUpperCase()));
}

function subjectWords({
  kind,
  cluster,
  namespace,
  serviceAccount,
  mechanism,
  expectedRole,
}: ProbeReport['question']) {
  const account = namespace === null ? '' : `${namespace}/${serviceAccount}`;
  const where = cluster === null ? '' : `of ${cluster}`;
  const role = expectedRole === null ? 'no role expected' : `${expectedRole} expected`;
  const what = kind === 'token' ? 'a given token' : mechanism;
  return `(${[account, where].filter((part) => part !== '').join(' ')}${account + where === '' ? '' : '; '}${what}; ${role})`;
}

function tokenLines(token: NonNullable<ProbeReport['token']>, style: Style): string[] {
  const { kubernetes } = token;
  const bound =
    kubernetes === null
      ? []
      : [kubernetes.pod && `pod ${kubernetes.pod}`, kubernetes.node && `node ${kubernetes.node}`];
  const rows: (readonly [string, string | null])[] = [
    ['algorithm', token.algorithm],
    ['key', token.keyId],
    ['issuer', token.issuer],
    ['subject', token.subject],
    ['audience', token.audiences.join(', ')],
    ['issued', token.issued],
    ['expires', token.expires],
    ['bound to', bound.filter((part) => part).join(', ')],
    ['other claims', token.otherClaims.join(', ')],
  ];
  const shown = rows.filter(([, value]) => value !== null && value !== '');
  return [
    style.bold('Token'),
    ...shown.map(([name, value]) => `  ${style.dim(name.padEnd(13))}${plain(value ?? '', 1100)}`),
  ];
}

function listed(title: string, items: readonly string[], style: Style): string[] {
  if (items.length === 0) return [];
  return ['', style.bold(title), ...items.map((item) => `  ${plain(item, 1500)}`)];
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
