import type { Way, WhoCan } from '../../shared/audit/who-can.ts';
import type { InCluster } from '../../shared/audit/who-can-kubernetes.ts';
import type { MeansName } from '../../shared/kubernetes/rbac/means.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { type Style, styleFor } from './style.ts';
import { table } from './table.ts';

/** Who can become a role, for people: one row for each way in. */
export function whoCanText(answer: WhoCan, io: Io): string {
  const style = styleFor(io);
  const columns = [
    { head: 'DOOR', width: 'fit' },
    { head: 'WORKS', width: 'fit' },
    { head: 'WHO', width: 45 },
    { head: 'HOW', width: 55 },
  ] as const;
  const rows = answer.ways.map((way) => [way.door, verdict(way, style), plain(way.who, 500), how(way)]);
  return [
    `${style.bold(plain(answer.role))}\n`,
    answer.valid ? '' : `${style.red('IAM would refuse its trust policy')}: nobody can become it.\n`,
    rows.length > 0 ? table(io, columns, rows) : answer.valid ? 'Nobody that podtrust can see.\n' : '',
    ...answer.unknowns.map(
      ({ read, reason }) => `${style.yellow('?')} ${plain(read, 100)}: ${plain(reason, 500)}\n`,
    ),
  ].join('');
}

function verdict({ verdict: word }: Way, style: Style): string {
  switch (word) {
    case 'works':
      return style.red('yes');
    case 'broken':
      return style.dim('no');
    case 'unknown':
      return style.yellow('unknown');
  }
}

function how(way: Way): string {
  const conditions = way.conditions.map((condition) => `- if ${plain(condition, 300)}`);
  return [plain(way.detail, 700), ...conditions, ...holdersOf(way)].join('\n');
}

const MEANS: Readonly<Record<MeansName, string>> = {
  'run-pods': 'create pods there',
  'change-workloads': 'create or change workloads there',
  'enter-pods': 'enter or change its pods',
  'proxy-to-nodes': 'reach its pods through the nodes',
  'request-tokens': 'ask for its tokens',
  impersonate: 'impersonate',
  'bind-roles': 'bind a role that can',
  'widen-roles': 'widen roles (escalate)',
};

/** Holders that one way names before it only counts them. */
const NAMED = 8;

/** IAM principals at the top: who enters the cluster as somebody who can. */
function entrantsOf({ principals, unread }: InCluster): string[] {
  const named = principals.slice(0, NAMED).map(({ principal, through, by, certain }) => {
    const name = principal ?? 'whoever created the cluster';
    return plain(`⇐ ${name} enters by ${through}${certain ? '' : ' and may'}: ${by}`, 400);
  });
  const more = principals.length - named.length;
  return [
    ...named,
    ...(more > 0 ? [`⇐ and ${more} more (--output json names them)`] : []),
    ...(unread.length > 0 ? [`⇐ others are not known: ${plain(unread.join(', '), 200)}`] : []),
  ];
}

/** One line for each who can act as the ServiceAccount in its cluster. */
function holdersOf({ inCluster }: Way): string[] {
  if (inCluster === undefined) return [];
  const named = inCluster.holders.slice(0, NAMED).map((holder) => {
    const name = holder.namespace === undefined ? holder.name : `${holder.namespace}/${holder.name}`;
    const means = `${MEANS[holder.means]}${holder.as === undefined ? '' : ` ${holder.as}`}`;
    return plain(`← ${holder.kind} ${name} may ${means} (${holder.binding})`, 300);
  });
  const more = inCluster.holders.length - named.length;
  return [
    ...named,
    ...(more > 0 ? [`← and ${more} more (--output json names them)`] : []),
    ...entrantsOf(inCluster),
    ...(inCluster.own > 0 ? [`← and ${inCluster.own} of the cluster's own controllers`] : []),
  ];
}
