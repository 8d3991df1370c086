import { join } from 'node:path';
import type { Migration } from '../../shared/plans/migrations/migration.ts';
import type { MigrationList } from '../../shared/plans/migrations/migration-list.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeText } from '../files.ts';
import type { Io } from '../io.ts';
import type { Cli } from '../program.ts';
import type { AskedOptions } from './asked-plan.ts';
import { json } from './json.ts';
import { plain } from './plain.ts';
import { PLAN_EXTENSIONS, planDigest, renderedPlan } from './rendered-plan.ts';
import { styleFor } from './style.ts';
import { table } from './table.ts';

/** Shows where a migration stands, and writes its plans where a folder is given for them. */
export async function showMigration(
  migration: Migration,
  { output, out }: AskedOptions,
  cli: Cli,
): Promise<ExitCode> {
  const { plans, refused, waiting } = migration;
  if (out !== undefined)
    for (const { name, plan } of plans)
      await writeText(
        join(out, `${name}.${PLAN_EXTENSIONS[output]}`),
        renderedPlan(plan, output, true, cli),
        cli.io,
      );
  cli.io.out(shown(migration, output, cli));
  const stuck = plans.length === 0 && (refused.length > 0 || waiting.length > 0);
  return stuck ? EXIT.unknown : EXIT.ok;
}

function shown(migration: Migration, output: AskedOptions['output'], cli: Cli): string {
  const { plans } = migration;
  switch (output) {
    case 'json':
      return json(listOf(migration));
    case 'markdown':
      return plans.map(({ plan }) => renderedPlan(plan, output, true, cli)).join('\n');
    case 'text': {
      const [only, ...more] = plans;
      const head =
        only !== undefined && more.length === 0
          ? renderedPlan(only.plan, output, false, cli)
          : list(migration, cli.io);
      return `${head}${standing(migration, cli.io)}`;
    }
  }
}

function listOf({ plans, refused, waiting, done }: Migration): MigrationList {
  return {
    plans: plans.map(({ name, plan }) => ({ name, digest: planDigest(plan), plan })),
    refused: refused.map(({ target, reasons }) => ({ target, reasons: [...reasons] })),
    waiting: [...waiting],
    done: [...done],
  };
}

function list({ plans }: Migration, io: Io): string {
  if (plans.length === 0) return '';
  const columns = [
    { head: 'PLAN', width: 'fit' },
    { head: 'DIGEST', width: 'fit' },
    { head: 'WHAT IT DOES', width: 60 },
    { head: 'RISK', width: 'fit' },
  ] as const;
  const cells = plans.map(({ name, plan }) => [
    plain(name, 80),
    planDigest(plan).slice(0, 12),
    plain(plan.title, 500),
    plan.blockers.length > 0 ? 'blocked' : plan.risk.level,
  ]);
  return `${table(io, columns, cells)}--output json --out DIR writes them for podtrust apply, in this order.\n`;
}

function standing({ plans, refused, waiting, done }: Migration, io: Io): string {
  const { bold } = styleFor(io);
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `\n${bold(title)}\n${lines.map((line) => `  ${plain(line, 1000)}\n`).join('')}`;
  const nothing = plans.length + refused.length + waiting.length === 0 ? '\nNothing is left to plan.\n' : '';
  return [
    part(
      'Cannot be migrated',
      refused.map(({ target, reasons }) => `${target}: ${reasons.join(' ')}`),
    ),
    part('Before the next step', waiting),
    part('Migrated', done),
    nothing,
  ].join('');
}
