import { LIMITS } from './limits.ts';
import type { OrganizationResult } from './measure.ts';

const CALLS_AIM = 1.1;
const HOUR = 3600;

/** The result as lines: the limits that were simulated, the accounts, and what was measured against its aim. */
export function organizationRows(result: OrganizationResult): readonly string[] {
  const ratio = result.calls / result.minimum;
  return [
    ...table([
      ['calls of', 'a second', 'at once', 'latency', 'source'],
      ...LIMITS.map(({ action, rate, latency, source }) => [
        action,
        rate.perSecond,
        rate.burst,
        `${latency} ms`,
        source,
      ]),
    ]),
    '',
    ...table([
      ['accounts', 'kind', 'calls each', 'minimum each'],
      ...result.kinds.map(({ kind, accounts, calls, minimum }) => [
        accounts,
        kind,
        (calls / accounts).toFixed(1),
        (minimum / accounts).toFixed(1),
      ]),
    ]),
    '',
    ...table([
      ['what', 'measured', 'aim', ''],
      ['accounts × regions', `${result.accounts} × ${result.regions}`, '', ''],
      ['clusters, roles', `${result.clusters}, ${result.roles}`, '', ''],
      [
        'calls, with retries',
        `${result.calls} = ${ratio.toFixed(3)} × the minimum of ${result.minimum}`,
        `≤ ${CALLS_AIM} ×`,
        verdict(ratio <= CALLS_AIM),
      ],
      ['calls per account', (result.calls / result.accounts).toFixed(1), '', ''],
      ['throttled', `${result.throttled}`, '', ''],
      ['gaps', `${result.gaps}`, '0', verdict(result.gaps === 0)],
      [
        'virtual time',
        `${(result.virtualSeconds / 60).toFixed(1)} min, ${result.mostAtWork} accounts at once`,
        '< 60 min',
        verdict(result.virtualSeconds < HOUR),
      ],
      ['CPU time, simulator included', `${result.cpuSeconds.toFixed(0)} s`, '', ''],
    ]),
  ];
}

const verdict = (met: boolean): string => (met ? 'met' : 'MISSED');

function table(rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => String(row[at]).length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, at) => String(cell).padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
