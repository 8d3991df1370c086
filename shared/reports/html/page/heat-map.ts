import type { Severity } from '../../../findings/finding.ts';
import type { ReportData, ReportFinding } from '../data.ts';
import { clusterKey } from './select.ts';
import { SEVERITIES } from './words.ts';

/** Columns that are shown; the clusters with fewer findings are summed up in one. */
const MOST_CLUSTERS = 16;

export interface HeatCell {
  readonly count: number;
  /** Worst of them; null: there is none. */
  readonly worst: Severity | null;
}

export interface HeatColumn {
  /** As `clusterKey` makes it; null: of no cluster, or of the others. */
  readonly key: string | null;
  readonly label: string;
}

interface HeatRow {
  readonly rule: string;
  readonly cells: readonly HeatCell[];
  /** Lines of coverage that leave the rule undecided. */
  readonly undecided: number;
}

export interface HeatMap {
  readonly columns: readonly HeatColumn[];
  readonly rows: readonly HeatRow[];
}

/** Open findings by rule and cluster, and beside them where a rule could not be decided: an empty cell is no pass. */
export function heatMap({ findings, rules, coverage }: ReportData): HeatMap {
  const open = findings.filter(({ status }) => status === 'open');
  const byCluster = Map.groupBy(open, clusterKey);
  const keys = [...byCluster.keys()]
    .filter((key) => key !== '')
    .sort((a, b) => sizeOf(byCluster, b) - sizeOf(byCluster, a) || (a < b ? -1 : 1));
  const shown = keys.slice(0, MOST_CLUSTERS);
  const others = new Set(keys.slice(MOST_CLUSTERS));
  const columns: HeatColumn[] = [
    ...shown.map((key) => ({ key, label: labelOf(key, keys) })),
    ...(others.size > 0 ? [{ key: null, label: `${others.size} other clusters` }] : []),
    ...(byCluster.has('') ? [{ key: null, label: 'No cluster' }] : []),
  ];
  const tests: ((key: string) => boolean)[] = [
    ...shown.map((wanted) => (key: string) => key === wanted),
    ...(others.size > 0 ? [(key: string) => others.has(key)] : []),
    ...(byCluster.has('') ? [(key: string) => key === ''] : []),
  ];
  const byRule = Map.groupBy(open, ({ rule }) => rule);
  const undecided = Map.groupBy(coverage, ({ rule }) => rule ?? '');
  const names = [...new Set([...byRule.keys(), ...undecided.keys()])].filter((name) => name !== '');
  const number = (name: string) => rules[name]?.number ?? name;
  const rows = names
    .sort((a, b) => (number(a) < number(b) ? -1 : 1))
    .map((rule) => ({
      rule,
      cells: tests.map((test) => cellOf((byRule.get(rule) ?? []).filter((one) => test(clusterKey(one))))),
      undecided: undecided.get(rule)?.length ?? 0,
    }));
  return { columns, rows };
}

function sizeOf(groups: ReadonlyMap<string, readonly unknown[]>, key: string): number {
  return groups.get(key)?.length ?? 0;
}

/** The name, and the account where another cluster has that name, too. */
function labelOf(key: string, keys: readonly string[]): string {
  const name = nameOf(key);
  const alone = keys.filter((other) => nameOf(other) === name).length === 1;
  return alone ? name : `${name} (${key.slice(0, key.indexOf('/'))})`;
}

/** The name of a cluster by its key. */
export function nameOf(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

function cellOf(findings: readonly ReportFinding[]): HeatCell {
  const worst = SEVERITIES.find((severity) => findings.some((one) => one.severity === severity)) ?? null;
  return { count: findings.length, worst };
}
