import type { Severity, UndecidedCount } from '../../../findings/finding.ts';
import type { ReportData, ReportFinding } from '../data.ts';
import { clusterKey } from './select.ts';
import { SEVERITIES } from './words.ts';

/** Columns that are shown; the clusters with fewer findings are summed up in one. */
const MOST_CLUSTERS = 16;

export interface HeatCell {
  readonly count: number;
  /** Worst of them; null: there is none. */
  readonly worst: Severity | null;
  /** Checks of the rule that were not decided there: without findings, the cell is no pass. */
  readonly undecided: number;
}

export interface HeatColumn {
  /** As `clusterKey` makes it; null: of no cluster, or of the others. */
  readonly key: string | null;
  readonly label: string;
}

interface HeatRow {
  readonly rule: string;
  readonly cells: readonly HeatCell[];
  /** Checks that were not decided, wherever they are. */
  readonly undecided: number;
}

export interface HeatMap {
  readonly columns: readonly HeatColumn[];
  readonly rows: readonly HeatRow[];
}

/** In place of the name of a rule: all of them. */
const EVERY = '*';
/** In place of a cluster's key: clusters that are not told apart. */
const SEVERAL = '*';

interface Column extends HeatColumn {
  readonly holds: (key: string) => boolean;
  /** Accounts of its clusters. */
  readonly accounts: ReadonlySet<string>;
}

/**
 * Open findings by rule and cluster, the rules with the worst first, and in the same cells what was not decided, so that no
 * cell looks like a pass that is none.
 */
export function heatMap({ findings, rules, undecided }: ReportData): HeatMap {
  const open = findings.filter(({ status }) => status === 'open');
  const columns = columnsOf(open, undecided);
  const byRule = Map.groupBy(open, ({ rule }) => rule);
  const unsure = Map.groupBy(undecided, ({ rule }) => rule);
  const unread = unsure.get(EVERY) ?? [];
  const names = [...new Set([...byRule.keys(), ...unsure.keys()])].filter((name) => name !== EVERY);
  const number = (name: string) => rules[name]?.number ?? name;
  const rank = (name: string): number =>
    Math.min(
      SEVERITIES.length,
      ...(byRule.get(name) ?? []).map(({ severity }) => SEVERITIES.indexOf(severity)),
    );
  const rows = names
    .sort((a, b) => rank(a) - rank(b) || (number(a) < number(b) ? -1 : 1))
    .map((rule) => {
      const mine = unsure.get(rule) ?? [];
      return {
        rule,
        cells: columns.map((column) =>
          cellOf(
            (byRule.get(rule) ?? []).filter((one) => column.holds(clusterKey(one))),
            [...mine, ...unread].filter((one) => isIn(one, column)),
          ),
        ),
        undecided: sumOf(mine),
      };
    });
  return { columns: columns.map(({ key, label }) => ({ key, label })), rows };
}

function columnsOf(open: readonly ReportFinding[], undecided: readonly UndecidedCount[]): Column[] {
  const found = countsOf(open.map((finding) => [clusterKey(finding), 1]));
  const unsure = countsOf(undecided.map((one) => [keyOf(one), one.count]));
  const sizeOf = (counts: ReadonlyMap<string, number>, key: string) => counts.get(key) ?? 0;
  const keys = [...new Set([...found.keys(), ...unsure.keys()])]
    .filter((key) => key !== '' && key !== SEVERAL)
    .sort(
      (a, b) =>
        sizeOf(found, b) - sizeOf(found, a) || sizeOf(unsure, b) - sizeOf(unsure, a) || (a < b ? -1 : 1),
    );
  const others = new Set(keys.slice(MOST_CLUSTERS));
  const several = unsure.has(SEVERAL);
  const label = several ? 'Other clusters' : `${others.size} other clusters`;
  return [
    ...keys.slice(0, MOST_CLUSTERS).map((key): Column => {
      const holds = (one: string) => one === key;
      return { key, label: labelOf(key, keys), holds, accounts: new Set([accountOf(key)]) };
    }),
    ...(others.size > 0 || several
      ? [
          {
            key: null,
            label,
            holds: (key: string) => key === SEVERAL || others.has(key),
            accounts: new Set([...others].map(accountOf)),
          },
        ]
      : []),
    ...(found.has('') || unsure.has('')
      ? [{ key: null, label: 'No cluster', holds: (key: string) => key === '', accounts: new Set<string>() }]
      : []),
  ];
}

function countsOf(pairs: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [key, count] of pairs) counts.set(key, (counts.get(key) ?? 0) + count);
  return counts;
}

function keyOf({ account, cluster }: UndecidedCount): string {
  if (account === '') return SEVERAL;
  return cluster === undefined ? '' : `${account}/${cluster}`;
}

/** Whether checks are in doubt in a column: its own, and whatever was not read of the whole account of its cluster. */
function isIn(one: UndecidedCount, { accounts, holds }: Column): boolean {
  const ofAccount = one.whole === true && one.cluster === undefined;
  return (ofAccount && accounts.has(one.account)) || holds(keyOf(one));
}

function accountOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

/** The name, and the account where another cluster has that name, too. */
function labelOf(key: string, keys: readonly string[]): string {
  const name = nameOf(key);
  const alone = keys.filter((other) => nameOf(other) === name).length === 1;
  return alone ? name : `${name} (${accountOf(key)})`;
}

/** The name of a cluster by its key. */
export function nameOf(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

function cellOf(findings: readonly ReportFinding[], undecided: readonly UndecidedCount[]): HeatCell {
  const worst = SEVERITIES.find((severity) => findings.some((one) => one.severity === severity)) ?? null;
  return { count: findings.length, worst, undecided: sumOf(undecided) };
}

function sumOf(counts: readonly UndecidedCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}
