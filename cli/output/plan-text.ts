import type { PlanRow } from '../../shared/plans/plan-rows.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { styleFor } from './style.ts';
import { table } from './table.ts';

/** What can be planned, one row for each finding, and why the rest cannot. */
export function planListText(rows: readonly PlanRow[], io: Io): string {
  if (rows.length === 0) return 'No finding of a rule that podtrust repairs.\n';
  const style = styleFor(io);
  const planned = rows.filter(({ result }) => result.kind === 'plan').length;
  const cells = rows.map(({ finding, result }) => [
    finding.fingerprint.slice(0, 8),
    `${finding.rule}\n${style.severity(finding.severity)}`,
    plain(result.kind === 'plan' ? result.plan.title : result.reasons.join(' '), 500),
    stateOf(finding, result, style.dim),
  ]);
  const columns = [
    { head: 'FINDING', width: 'fit' },
    { head: 'RULE', width: 'fit' },
    { head: 'PLAN', width: 60 },
    { head: 'STATE', width: 'fit' },
  ] as const;
  return `${table(io, columns, cells)}${planned} of ${rows.length} findings can be planned; podtrust plan --finding shows one.\n`;
}

function stateOf(
  { waiver }: PlanRow['finding'],
  result: PlanRow['result'],
  dim: (text: string) => string,
): string {
  if (waiver !== undefined) return `accepted\nuntil ${waiver.expires}`;
  return result.kind === 'plan'
    ? `${result.plan.risk.level} risk\n${INTENT[result.plan.intent.source]}`
    : dim('declined');
}

const INTENT = { none: 'lets nobody in', configuration: 'declared', approver: 'needs approval' } as const;
