import type { AccessReport, ReportedWay } from '../../shared/audit/access-report.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { type Style, styleFor } from './style.ts';
import { table } from './table.ts';

/** Who can enter a cluster, for people: one row for each way in, what is wrong with it beneath. */
export function accessText(report: AccessReport, io: Io): string {
  const style = styleFor(io);
  const columns = [
    { head: 'WHO', width: 40 },
    { head: 'THROUGH', width: 'fit' },
    { head: 'MAY', width: 'fit' },
    { head: 'AS AND BY', width: 50 },
  ] as const;
  const rows = report.ways.map((way) => [who(way, style), through(way, style), may(way, style), as(way)]);
  return [
    `${style.bold(plain(report.cluster))}  ${style.dim(`authentication mode ${report.authenticationMode ?? 'not read'}`)}\n`,
    rows.length > 0 ? table(io, columns, rows) : 'Nobody that podtrust can see.\n',
    ...report.problems.map((one) => `${problem(one, style)}\n`),
    ...providers(report),
    ...report.unknowns.map(
      ({ read, reason }) => `${style.yellow('?')} ${plain(read, 100)}: ${plain(reason, 500)}\n`,
    ),
  ].join('');
}

function who(way: ReportedWay, style: Style): string {
  const name = way.principal === null ? 'whoever created the cluster' : plain(way.principal, 300);
  return [name, ...way.problems.map((one) => problem(one, style))].join('\n');
}

function problem({ rule, severity, detail }: AccessReport['problems'][number], style: Style): string {
  return `${style.severity(severity)} ${rule}: ${plain(detail, 300)}`;
}

function through({ surface, state, type }: ReportedWay, style: Style): string {
  const where = type === null || type === 'STANDARD' ? surface : `${surface}\n${plain(type, 40)}`;
  return state === 'open' ? where : `${where}\n${style.dim(state)}`;
}

function may({ grade, atLeast, clusterWide, state }: ReportedWay, style: Style): string {
  if (state !== 'open' && state !== 'unknown') return style.dim(`(${grade})`);
  const reach = clusterWide && atLeast !== 'cluster-admin' ? '\nevery namespace' : '';
  if (grade !== 'unknown') return `${grade === 'cluster-admin' ? style.red(grade) : grade}${reach}`;
  return atLeast === 'none' ? style.yellow('unknown') : `${atLeast}${reach}\n${style.yellow('or more')}`;
}

function as({ username, groups, from, missing, why }: ReportedWay): string {
  return [
    plain(username ?? 'username not read', 300),
    ...(groups === null || groups.length === 0 ? [] : [`groups ${plain(groups.join(', '), 300)}`]),
    ...from.slice(0, 6).map((one) => `- ${plain(one, 200)}`),
    ...(missing === null ? [] : [`? ${plain(missing.read, 80)}: ${plain(missing.reason, 200)}`]),
    ...(why === null ? [] : [plain(why, 300)]),
  ].join('\n');
}

function providers({ identityProviders }: AccessReport): string[] {
  if (identityProviders === null || identityProviders.length === 0) return [];
  const names = plain(identityProviders.join(', '), 300);
  return [`Besides, users of these OIDC providers sign in with tokens of their own: ${names}.\n`];
}
