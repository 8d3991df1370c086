import type { Command } from 'commander';
import { sha256 } from '../shared/lambda/hash.ts';
import type { Migration, NamedPlan } from '../shared/plans/migrations/migration.ts';
import type { PlanContext } from '../shared/plans/plan-context.ts';
import { loadConfig } from './config.ts';
import { outputOption, withSessions, withSource } from './options.ts';
import type { AskedOptions } from './output/asked-plan.ts';
import { showMigration } from './output/migration-text.ts';
import type { Cli } from './program.ts';
import { type OpinionOptions, secondOpinion, withOpinion } from './repair/second-opinion.ts';
import { loadEstate } from './source.ts';

/** Options of every migration. */
export interface MigrateOptions extends OpinionOptions, AskedOptions {
  readonly config?: string;
  readonly finish?: boolean;
  readonly quiet?: boolean;
}

/** Adds the options that every migration takes. */
export function withMigration(command: Command): Command {
  return withOpinion(withSessions(withSource(command)))
    .addOption(outputOption('text', 'json', 'markdown'))
    .option('--out <folder>', 'write the plans here, each in a file of its own')
    .option('--finish', 'plan the last step: what the migration made superfluous is taken away')
    .option('--config <file>', 'configuration (default: podtrust.config.json here, when there is one)');
}

/** Reads the estate, asks for the migration and shows where it stands. */
export async function runMigration(
  options: MigrateOptions,
  cli: Cli,
  plan: (context: PlanContext) => Migration,
): Promise<void> {
  const config = await loadConfig(options.config, cli.io);
  const estate = await loadEstate(options, cli.io, config);
  const context = { estate, config, hash: sha256, now: cli.io.now().toISOString() };
  const migration = plan(context);
  const ask = await secondOpinion(options, config);
  const plans: NamedPlan[] = [];
  for (const named of migration.plans) plans.push({ ...named, plan: await ask(named.plan) });
  cli.exit(await showMigration({ ...migration, plans }, options, cli));
}
