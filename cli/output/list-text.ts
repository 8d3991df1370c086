import type { List, RowOf } from '../../shared/audit/list/report.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { type Style, styleFor } from './style.ts';
import { type Column, table } from './table.ts';

/** A list for people: one row for each, and what was not read beneath. */
export function listText(list: List, io: Io): string {
  const style = styleFor(io);
  const { columns, rows } = drawn(list, style);
  const nothing = `No ${list.kind.replaceAll('-', ' ')} that podtrust can see.\n`;
  return [
    rows.length === 0 ? nothing : table(io, columns, rows),
    ...list.unknowns.map(
      ({ read, reason }) => `${style.yellow('?')} ${plain(read, 100)}: ${plain(reason, 500)}\n`,
    ),
  ].join('');
}

interface Drawn {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

function drawn(list: List, style: Style): Drawn {
  switch (list.kind) {
    case 'associations':
      return {
        columns: [wide('SERVICEACCOUNT', 35), wide('ROLE', 45), narrow('STATE'), wide('REASON', 40)],
        rows: list.rows.map((row) => associationCells(row, style)),
      };
    case 'roles':
      return {
        columns: [wide('ROLE', 45), wide('FOR', 60), narrow('MAY')],
        rows: list.rows.map((row) => [plain(row.role, 300), whom(row), row.privileges]),
      };
    case 'service-accounts':
      return {
        columns: [
          wide('SERVICEACCOUNT', 35),
          wide('ROLE', 40),
          narrow('BY'),
          narrow('PODS'),
          narrow('STATE'),
          wide('REASON', 40),
        ],
        rows: list.rows.map((row) => [
          at(row),
          plain(row.role ?? '–', 300),
          row.mechanism,
          row.pods === null ? '?' : String(row.pods),
          stateOf(row.state, style),
          plain(row.reason ?? '', 300),
        ]),
      };
    case 'providers':
      return {
        columns: [wide('PROVIDER', 60), wide('CLUSTER', 40), wide('AUDIENCES', 25), narrow('ROLES')],
        rows: list.rows.map((row) => [
          plain(row.provider, 300),
          plain(row.cluster ?? 'none that was read', 300),
          plain(row.audiences?.join(', ') ?? 'not read', 300),
          String(row.roles),
        ]),
      };
    case 'entries':
      return {
        columns: [wide('CLUSTER', 25), wide('PRINCIPAL', 45), narrow('TYPE'), wide('MAY', 40)],
        rows: list.rows.map(entryCells),
      };
    case 'pods':
      return {
        columns: [wide('PODS', 35), wide('SHOULD HAVE', 40), wide('GETS', 40), wide('WHY', 40)],
        rows: list.rows.map((row) => podCells(row, style)),
      };
    case 'restarts':
      return {
        columns: [wide('WORKLOAD', 30), narrow('PODS'), wide('WHY', 45), wide('COMMAND', 45)],
        rows: list.rows.map((row) => [
          `${plain(row.kind, 63)} ${plain(row.namespace, 63)}/${plain(row.workload, 253)}\n${clusterName(row.cluster)}`,
          `${row.pods} of ${row.of}`,
          plain(row.reason, 500),
          plain(row.command ?? `make the pods of this ${row.kind} anew`, 400),
        ]),
      };
  }
}

const narrow = (head: string): Column => ({ head, width: 'fit' });
const wide = (head: string, width: number): Column => ({ head, width });

function at(row: { namespace: string; serviceAccount: string; cluster: string }): string {
  return `${plain(row.namespace, 63)}/${plain(row.serviceAccount, 253)}\n${clusterName(row.cluster)}`;
}

function clusterName(arn: string): string {
  return plain(arn.slice(arn.lastIndexOf('/') + 1), 100);
}

function stateOf(state: RowOf<'associations'>['state'], style: Style): string {
  if (state === 'works') return style.green(state);
  return state === 'broken' ? style.red(state) : style.yellow(state);
}

function associationCells(row: RowOf<'associations'>, style: Style): string[] {
  const target = row.target === null ? '' : `\nthen ${plain(row.target, 300)}`;
  return [
    `${at(row)} ${plain(row.id, 64)}`,
    `${plain(row.role ?? 'not read', 300)}${target}`,
    stateOf(row.state, style),
    plain(row.reason ?? '', 300),
  ];
}

const SOURCES: Readonly<Record<RowOf<'pods'>['gets']['source'], string>> = {
  'static-keys': 'keys in variables',
  'shared-files': 'what its files say',
  'web-identity': 'irsa',
  container: 'pod-identity',
  'instance-metadata': 'its node',
  nobody: 'nothing',
  depends: 'unknown',
};

function podCells(row: RowOf<'pods'>, style: Style): string[] {
  const colour = { meant: style.green, otherwise: style.red, 'left-out': style.dim, unknown: style.yellow };
  const { should, gets } = row;
  return [
    `${row.pods} of ${plain(row.kind, 63)} ${plain(row.namespace, 63)}/${plain(row.workload, 253)}\n${clusterName(row.cluster)}, container ${plain(row.containers.join(', '), 200)}`,
    should.mechanism === 'none'
      ? 'nothing'
      : `${plain(should.role ?? 'not read', 300)}\nby ${should.mechanism}`,
    `${colour[row.as](row.as === 'meant' ? 'that' : SOURCES[gets.source])}${row.as === 'meant' || gets.role === null ? '' : `\n${plain(gets.role, 300)}`}`,
    plain(row.why ?? '', 400),
  ];
}

/** Whom a role is for, some of them. */
function whom({ webIdentity, associations, podIdentity }: RowOf<'roles'>): string {
  const lines = [
    ...webIdentity.flatMap(({ cluster, issuer, subjects }) => {
      const where = cluster === null ? issuer : clusterName(cluster);
      const who = subjects.length === 0 ? ['every subject, but for what conditions take away'] : subjects;
      return who.map((subject) => `${plain(subject, 300)} of ${plain(where, 200)}`);
    }),
    ...associations.map((one) => `${at(one).replace('\n', ' of ')} by ${plain(one.id, 64)}`),
  ];
  if (podIdentity && associations.length === 0) lines.push('Pod Identity, without an association');
  return lines.length > 8
    ? [...lines.slice(0, 8), `… and ${lines.length - 8} more`].join('\n')
    : lines.join('\n');
}

function entryCells(row: RowOf<'entries'>): string[] {
  const policies = row.policies?.map(
    ({ policy, namespaces }) =>
      `${plain(policy, 128)} in ${plain(namespaces?.join(', ') ?? 'the whole cluster', 300)}`,
  ) ?? ['policies not read'];
  const groups =
    row.groups === null || row.groups.length === 0 ? [] : [`groups ${plain(row.groups.join(', '), 300)}`];
  return [
    clusterName(row.cluster),
    plain(row.principal, 300),
    plain(row.type ?? 'not read', 40),
    [...policies, ...groups].join('\n'),
  ];
}
