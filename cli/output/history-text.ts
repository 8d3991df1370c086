import type { Decision } from '../../shared/changes/guards/approval.ts';
import type { Plan } from '../../shared/changes/plan.ts';
import type { Entry, Standing } from '../../shared/changes/repairs/entries.ts';
import { planText } from '../../shared/plans/describe/text.ts';
import type { Io } from '../io.ts';
import { plain, plainLines } from './plain.ts';
import { styleFor } from './style.ts';
import { table } from './table.ts';

interface Line {
  readonly plan: string;
  readonly madeAt: string;
  readonly title: string;
  readonly standing: Standing;
}

/** Plans, one row each. */
export function plansText(lines: readonly Line[], io: Io): string {
  if (lines.length === 0) return 'No plan is kept.\n';
  const columns = [
    { head: 'PLAN', width: 'fit' },
    { head: 'MADE', width: 'fit' },
    { head: 'STATE', width: 'fit' },
    { head: 'WHAT', width: 60 },
  ] as const;
  const cells = lines.map(({ plan, madeAt, standing, title }) => [
    plan,
    madeAt.slice(0, 16).replace('T', ' '),
    standing,
    plain(title, 300),
  ]);
  return table(io, columns, cells);
}

/** One plan and its history. */
export interface ShownPlan {
  readonly digest: string;
  /** Null: what is kept is not what was made; `problem` says how. */
  readonly plan: Plan | null;
  readonly problem?: string;
  readonly standing: Standing;
  readonly decision: Decision | null;
  readonly entries: readonly Entry[];
}

/** One plan, and everything that happened to it. */
export function historyText({ digest, plan, problem = '', standing, entries }: ShownPlan, io: Io): string {
  const { bold, green, red, dim } = styleFor(io);
  const lines = entries.map(({ at, what, by, target, reason }) => {
    const parts = [at.slice(0, 19).replace('T', ' '), what.padEnd(18), by, target, reason];
    return `  ${parts.flatMap((part) => (part === undefined ? [] : [plain(part, 300)])).join('  ')}\n`;
  });
  return [
    plan === null
      ? `${red(plain(problem))}\n`
      : planText(plan, digest, plainLines, { title: bold, added: green, removed: red }),
    `\n${bold('What happened')} ${dim(`(${standing})`)}\n`,
    ...lines,
  ].join('');
}
